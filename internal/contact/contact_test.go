package contact

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	toolscache "k8s.io/client-go/tools/cache"
	clocktesting "k8s.io/utils/clock/testing"
)

// metadata is the only kind of these tests.
func metadata() *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}}
}

func newContact(c *clocktesting.FakeClock) *Contact {
	return New(10*time.Second, map[string]runtime.Object{"Namespace": metadata()}, c, logr.Discard())
}

func TestAWorldIsAsOldAsItsLastProof(t *testing.T) {
	clock := clocktesting.NewFakeClock(time.Unix(1000, 0))
	c := newContact(clock)
	informer := c.NewInformer(&toolscache.ListWatch{}, metadata(), 0, toolscache.Indexers{})
	proofs := &c.watched[0].proofs
	behind := time.Duration(0)
	c.Behind(func() time.Duration { return behind })
	claims := func(revision string) func() {
		return func() { proofs.add(claim{clock.Now(), revision}) }
	}
	reaches := func(revision string) func() { return func() { informer.GetIndexer().Bookmark(revision) } }
	waits := func(d time.Duration) func() { return func() { clock.Step(d) } }
	for _, step := range []struct {
		reason string
		do     func()
		want   string // what the error says; "" for none
	}{
		{"nothing is known yet", func() {}, "has not been proven yet"},
		{"a read alone proves nothing", claims("100"), "has not been proven yet"},
		{"the informer is not there yet", reaches("99"), "has not been proven yet"},
		{"it has got as far as the read said", reaches("100"), ""},
		{"the bound is reached and not crossed", waits(10 * time.Second), ""},
		{"a silent watch is no proof", waits(time.Millisecond), "for 10s it has not been proven that each Namespace is known"},
		{"a watch that goes on without a read is none either: what it tells may be old", reaches("1000"), "for 10s"},
		{"a read that the informer has overtaken is one", claims("900"), ""},
		{"revisions are numbers", claims("1001"), ""},
		{"no contact", waits(11 * time.Second), "for 11s"},
		{"a proof counts as of its read, not as of when it was complete", reaches("1001"), "for 11s"},
		{"why, if it is known", func() { proofs.fail(errors.New("connection refused")) }, "connection refused"},
		{"it heals", claims("1001"), ""},
		{"a revision that is no number proves nothing", func() { clock.Step(11 * time.Second); proofs.add(claim{clock.Now(), "x"}) }, "for 11s"},
		{"the other claims stay good", claims("1001"), ""},
		{"what the informer knows has to be taken in", func() { behind = 10*time.Second + 1 }, "has not been taken in"},
		{"it has been", func() { behind = 10 * time.Second }, ""},
	} {
		step.do()
		err := c.Check()
		if (err == nil) != (step.want == "") || err != nil && !strings.Contains(err.Error(), step.want) {
			t.Errorf("%s: %v, want %q", step.reason, err, step.want)
		}
		if err != nil && !errors.Is(err, ErrLost) {
			t.Errorf("%s: nobody can tell why: %v", step.reason, err)
		}
	}
}

func TestAWorldThatIsNotWatchedIsNotKnown(t *testing.T) {
	c := newContact(clocktesting.NewFakeClock(time.Unix(1000, 0)))
	pods := metadata()
	pods.Kind = "Pod"
	c.NewInformer(&toolscache.ListWatch{}, pods, 0, toolscache.Indexers{})
	if err := c.Check(); !errors.Is(err, ErrLost) {
		t.Errorf("nobody watches Namespaces: %v", err)
	}
}

func TestOldClaimsMakeRoom(t *testing.T) {
	p := proofs{reached: func() string { return "1" }}
	for i := range 10 * maxClaims {
		p.add(claim{time.Unix(int64(i), 0), "2"})
	}
	if len(p.open) != maxClaims {
		t.Errorf("%d claims wait, want %d", len(p.open), maxClaims)
	}
	p.reached = func() string { return "2" }
	if proven, _ := p.latest(); !proven.Equal(time.Unix(10*maxClaims-1, 0)) {
		t.Errorf("proven as of %s, which is not the last claim", proven)
	}
}

func TestMetricsTellTheAgeOfTheProof(t *testing.T) {
	clock := clocktesting.NewFakeClock(time.Unix(1000, 0))
	c, registry := newContact(clock), prometheus.NewPedanticRegistry()
	if err := c.Register(registry); err != nil {
		t.Fatal(err)
	}
	informer := c.NewInformer(&toolscache.ListWatch{}, metadata(), 0, toolscache.Indexers{})
	const bound = `
# HELP domicile_contact_bound_seconds The age of a proof beyond which this replica refuses to decide.
# TYPE domicile_contact_bound_seconds gauge
domicile_contact_bound_seconds 10
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(bound)); err != nil {
		t.Errorf("before the first proof there is no age: %v", err)
	}
	informer.GetIndexer().Bookmark("7")
	c.watched[0].proofs.add(claim{clock.Now(), "7"})
	clock.Step(4 * time.Second)
	const age = `
# HELP domicile_contact_age_seconds How long it has not been proven that this replica knows a kind as it stands; without a value until it was proven once.
# TYPE domicile_contact_age_seconds gauge
domicile_contact_age_seconds{kind="Namespace"} 4
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(age+bound)); err != nil {
		t.Error(err)
	}
}
