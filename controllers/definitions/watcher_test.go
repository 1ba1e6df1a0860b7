package definitions_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/controllers/definitions"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

// Schemas with a place for Pods, and without.
const (
	pods = `{type: object, properties: {spec: {type: object, properties: {template: {type: object, properties: {spec: {type: object, properties: {containers: {type: array, items: {type: object, properties: {image: {type: string}}}}}}}}}}}}`
	none = `{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}`
	open = `{type: object, properties: {spec: {type: object, properties: {template: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}}`
	// It may be of any kind, and most kinds run nothing.
	anything = `{type: object, x-kubernetes-preserve-unknown-fields: true}`
)

// version is a version of a definition, with + served and with * of which objects are
// stored.
func version(name, schema string) string {
	bare := strings.Trim(name, "+*")
	scale := ""
	if strings.HasSuffix(bare, "scale") {
		scale = `, subresources: {scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}`
	}
	return fmt.Sprintf(`{name: %s, served: %t, storage: %t%s, schema: {openAPIV3Schema: %s}}`,
		strings.TrimSuffix(bare, "scale"), strings.Contains(name, "+"), strings.Contains(name, "*"), scale, schema)
}

// definition is of a kind in the group example.com, or in another one after a dot.
func definition(t *testing.T, name string, versions ...string) *unstructured.Unstructured {
	t.Helper()
	plural, group, ok := strings.Cut(name, ".")
	if !ok {
		group = "example.com"
	}
	o := &unstructured.Unstructured{}
	text := fmt.Sprintf(`{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: %[1]s.%[2]s},
  spec: {group: %[2]s, scope: Namespaced, names: {kind: Kind%[1]s, plural: %[1]s, singular: %[1]s}, versions: [%[3]s]}}`, plural, group, strings.Join(versions, ", "))
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return o
}

// apply makes a definition, or makes it another one.
func apply(t *testing.T, o *unstructured.Unstructured) {
	t.Helper()
	if err := server.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(o.DeepCopy()), client.FieldOwner("test"), client.ForceOwnership); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, o) })
}

// remove deletes a definition, and waits until it is gone.
func remove(t *testing.T, o *unstructured.Unstructured) {
	t.Helper()
	server.Without(t, o)
	ctx := context.WithoutCancel(t.Context())
	if err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, apiserver.Within, true, func(ctx context.Context) (bool, error) {
		err := server.Get(ctx, client.ObjectKeyFromObject(o), o.DeepCopy())
		return apierrors.IsNotFound(err), nil
	}); err != nil {
		t.Errorf("%s does not go: %v", o.GetName(), err)
	}
}

// told is what a Watcher tells.
type told struct {
	mu    sync.Mutex
	all   []kinds.Found
	clock *clocktesting.FakeClock
}

func (to *told) use(found kinds.Found) {
	to.mu.Lock()
	defer to.mu.Unlock()
	to.all = append(to.all, found)
}

// times is how often something was told.
func (to *told) times() int {
	to.mu.Lock()
	defer to.mu.Unlock()
	return len(to.all)
}

// latest are the resources of what was told last.
func (to *told) latest() []string {
	to.mu.Lock()
	defer to.mu.Unlock()
	if len(to.all) == 0 {
		return nil
	}
	list := []string{}
	for _, k := range to.all[len(to.all)-1] {
		name := k.Resource + "." + k.Group
		if k.Scale {
			name += "/scale"
		}
		list = append(list, name)
	}
	return list
}

func (to *told) eventually(t *testing.T, reason string, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	apiserver.Eventually(t, reason, func(context.Context) error {
		if got := to.latest(); got == nil || !slices.Equal(got, want) {
			return fmt.Errorf("it told %v, want %v", got, want)
		}
		return nil
	})
}

// watch runs a Watcher of an API server.
func watch(t *testing.T, config *rest.Config) *told {
	t.Helper()
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	m, err := metadata.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	to := &told{clock: clocktesting.NewFakeClock(time.Unix(1000, 0))}
	w := definitions.NewWatcher(m, objects, to.use, to.clock, logr.Discard())
	if w.NeedLeaderElection() {
		t.Error("only the leader would know what there is")
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return to
}

func TestKindsThatHoldPodsAreFound(t *testing.T) {
	apply(t, definition(t, "farms", version("v1+*", pods)))
	apply(t, definition(t, "forms", version("v1+*", none)))
	apply(t, definition(t, "rayclusters.ray.io", version("v1+*", pods)))
	apply(t, definition(t, "own.domicile.dev", version("v1+*", pods)))
	to := watch(t, server.Config)
	to.eventually(t, "those that were there, without what is known by name", "farms.example.com")
	if n := to.times(); n != 1 {
		t.Errorf("it was told %d times: what is told first is complete", n)
	}
	for _, step := range []struct {
		reason string
		what   *unstructured.Unstructured
		want   []string
	}{
		{"one that appears", definition(t, "barns", version("v1+*", open)), []string{"barns.example.com", "farms.example.com"}},
		{"one that holds none", definition(t, "fields", version("v1+*", anything)), []string{"barns.example.com", "farms.example.com"}},
		{"one that holds none any more", definition(t, "farms", version("v1+*", none)), []string{"barns.example.com"}},
		{"one that holds some now", definition(t, "forms", version("v1+*", pods)), []string{"barns.example.com", "forms.example.com"}},
		{"one that has a scale now", definition(t, "barns", version("v1scale+*", open)), []string{"barns.example.com/scale", "forms.example.com"}},
		{"an old version that is served", definition(t, "forms", version("v1+", pods), version("v2+*", none)), []string{"barns.example.com/scale", "forms.example.com"}},
		{"an old version that is not served", definition(t, "forms", version("v1", pods), version("v2+*", none)), []string{"barns.example.com/scale"}},
	} {
		apply(t, step.what)
		to.eventually(t, step.reason, step.want...)
	}
	remove(t, definition(t, "barns"))
	to.eventually(t, "one that is deleted")
}

// TestADefinitionMayBeHuge is about one of the size of the largest that there are. (API
// servers themselves take minutes for much more.)
func TestADefinitionMayBeHuge(t *testing.T) {
	fields := func(last string) string {
		var b strings.Builder
		b.WriteString(`{type: object, properties: {spec: {type: object, properties: {`)
		for i := range 1_500 {
			fmt.Fprintf(&b, `f%d: {type: object, properties: {name: {type: string}}}, `, i)
		}
		return b.String() + last + `}}}}`
	}
	apply(t, definition(t, "halls", version("v1+*", fields(`z: {type: string}`))))
	apply(t, definition(t, "mills", version("v1+*", fields(`template: {type: object, x-kubernetes-preserve-unknown-fields: true}`))))
	watch(t, server.Config).eventually(t, "all of a schema is read", "mills.example.com")
}

// TestASchemaDoesNotReferToItself is why none is followed in a circle.
func TestASchemaDoesNotReferToItself(t *testing.T) {
	circle := definition(t, "rings", version("v1+*", `{type: object, properties: {spec: {$ref: "#"}}}`))
	if err := server.Create(t.Context(), circle); err == nil || !strings.Contains(err.Error(), "$ref") {
		t.Errorf("API servers take what refers to itself: %v", err)
	}
}

// hindered is the way to the API server, on which something may be in the way.
func hindered(hinder func(*http.Request) int) *rest.Config {
	config := rest.CopyConfig(server.Config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return hindrance{next, hinder} })
	return config
}

type hindrance struct {
	http.RoundTripper
	answer func(*http.Request) int // 0 lets it pass
}

func (h hindrance) RoundTrip(r *http.Request) (*http.Response, error) {
	code := h.answer(r)
	if code == 0 {
		return h.RoundTripper.RoundTrip(r)
	}
	recorder := httptest.NewRecorder()
	recorder.Header().Set("Content-Type", "application/json")
	recorder.WriteHeader(code)
	fmt.Fprintf(recorder, `{"apiVersion":"v1","kind":"Status","status":"Failure","code":%d,"reason":%q}`, code, map[int]string{403: "Forbidden", 500: "InternalError"}[code])
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// reads says whether a request reads one definition.
func reads(r *http.Request, name string) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/customresourcedefinitions/"+name)
}

func TestWhatCannotBeReadIsReadAgain(t *testing.T) {
	apply(t, definition(t, "barns", version("v1+*", pods)))
	apply(t, definition(t, "farms", version("v1+*", pods)))
	failing := atomic.Bool{}
	failing.Store(true)
	tried := make(chan struct{}, 100)
	to := watch(t, hindered(func(r *http.Request) int {
		if reads(r, "farms.example.com") && failing.Load() {
			tried <- struct{}{}
			return http.StatusInternalServerError
		}
		return 0
	}))
	<-tried
	apiserver.Eventually(t, "it to wait", func(context.Context) error {
		if !to.clock.HasWaiters() {
			return fmt.Errorf("it does not")
		}
		return nil
	})
	if got := to.latest(); got != nil {
		t.Errorf("%v was told, and it is not complete: what is left out would be admitted unasked", got)
	}
	failing.Store(false)
	to.clock.Step(3 * time.Second)
	to.eventually(t, "all of it", "barns.example.com", "farms.example.com")

	// What is told later need not be: the others must not wait.
	failing.Store(true)
	apply(t, definition(t, "farms", version("v1+*", open)))
	<-tried
	apply(t, definition(t, "mills", version("v1+*", pods)))
	to.eventually(t, "what can be read, and what was known before", "barns.example.com", "farms.example.com", "mills.example.com")
}

func TestWithoutTheRightToWatchNobodyWaits(t *testing.T) {
	apply(t, definition(t, "farms", version("v1+*", pods)))
	forbidden := atomic.Bool{}
	forbidden.Store(true)
	to := watch(t, hindered(func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/customresourcedefinitions") && forbidden.Load() {
			return http.StatusForbidden
		}
		return 0
	}))
	to.eventually(t, "nothing, so that there is a snapshot")
	forbidden.Store(false)
	to.eventually(t, "all of it, when somebody gives the right", "farms.example.com")
}

func TestHoldsPodsAsksTheAPIServer(t *testing.T) {
	apply(t, definition(t, "farms", version("v1+*", pods)))
	apply(t, definition(t, "forms", version("v1+*", none)))
	for _, tc := range []struct {
		reason, resource string
		answer           int
		want, fails      bool
	}{
		{"it holds Pods", "farms", 0, true, false},
		{"it holds none", "forms", 0, false, false},
		{"there is none: it is built in, or of an aggregated API", "nothing", 0, false, false},
		{"nobody covers it, so nobody can miss it", "farms", http.StatusForbidden, false, false},
		{"nobody knows", "farms", http.StatusInternalServerError, false, true},
	} {
		objects, err := dynamic.NewForConfig(hindered(func(*http.Request) int { return tc.answer }))
		if err != nil {
			t.Fatal(err)
		}
		got, err := definitions.HoldsPods(t.Context(), objects, schema.GroupResource{Group: "example.com", Resource: tc.resource})
		if got != tc.want || (err != nil) != tc.fails {
			t.Errorf("%s: %t, %v", tc.reason, got, err)
		}
	}
}
