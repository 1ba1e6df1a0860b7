package growth_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/domicile-dev/domicile/internal/growth"
)

// lazyValue is a value that is looked at part by part. It knows that it is the same as
// another one only if it is a text or a number, so that most of what is equal is opened.
type lazyValue struct{ value any }

func (l lazyValue) Same(other growth.Lazy) bool {
	switch l.value.(type) {
	case map[string]any, []any:
		return false
	default:
		return reflect.DeepEqual(l, other)
	}
}

func (l lazyValue) Whole() any { return l.value }

func (l lazyValue) Open() any {
	switch value := l.value.(type) {
	case map[string]any:
		opened := make(map[string]any, len(value))
		for key, v := range value {
			opened[key] = lazyValue{v}
		}
		return opened
	case []any:
		opened := make([]any, len(value))
		for i, v := range value {
			opened[i] = lazyValue{v}
		}
		return opened
	default:
		return value
	}
}

// OpenWith leaves out of two maps what Same finds the same.
func (l lazyValue) OpenWith(other growth.Lazy) (own, others any) {
	own, others = l.Open(), other.Open()
	before, ok := own.(map[string]any)
	after, ok2 := others.(map[string]any)
	if !ok || !ok2 {
		return own, others
	}
	for key, value := range before {
		was, _ := value.(lazyValue)
		if is, ok := after[key].(lazyValue); ok && was.Same(is) {
			delete(before, key)
			delete(after, key)
		}
	}
	return before, after
}

// lazily is an object whose fields are Lazy, but those that say of which kind it is.
func lazily(object map[string]any) map[string]any {
	fields := make(map[string]any, len(object))
	for key, value := range object {
		fields[key] = lazyValue{value}
		if key == "apiVersion" || key == "kind" {
			fields[key] = value
		}
	}
	return fields
}

// TestWhatIsDecodedAsItIsLookedAtGrowsAlike changes objects of kinds with rules, and of
// one that nobody knows, at random.
func TestWhatIsDecodedAsItIsLookedAtGrowsAlike(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	grown := 0
	const rounds = 20_000
	for i := range rounds {
		of := []kind{deployment, job, cronJob, pod, rayCluster, workflow, {"example.com", "Widget"}}[i%7]
		before, _ := randomValue(r, 5).(map[string]any)
		old := of.object(map[string]any{"spec": before})
		updated, _ := changed(r, runtime.DeepCopyJSON(old)).(map[string]any)
		want := growth.Object(old, updated)
		if want {
			grown++
		}
		if got := growth.Object(lazily(old), lazily(updated)); got != want {
			t.Fatalf("growth is %v, and %v of\n%v\n%v", want, got, old, updated)
		}
	}
	if grown < rounds/10 || grown > rounds*9/10 {
		t.Errorf("%d of %d grow: that tells little", grown, rounds)
	}
}
