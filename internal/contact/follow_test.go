package contact

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	clocktesting "k8s.io/utils/clock/testing"
)

// diary is a keeper that writes down what it is told.
type diary chan string

func (d diary) Begin()    { d <- "begin" }
func (d diary) Complete() { d <- "complete" }
func (d diary) Take(event watch.EventType, o metav1.Object) error {
	d <- string(event) + " " + o.GetName()
	if o.GetName() == "strange" {
		return errors.New("it is not understood")
	}
	return nil
}

func namespace(name, revision string) *metav1.PartialObjectMetadata {
	m := at(revision)
	m.Name = name
	return m
}

// allTold is the bookmark after everything there is.
func allTold(revision string) *metav1.PartialObjectMetadata {
	m := at(revision)
	m.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
	return m
}

// TestAFollowerIsToldEverything follows a kind through what can happen to its watch.
func TestAFollowerIsToldEverything(t *testing.T) {
	s, d := newServer(), make(diary, 100)
	c := New(10*time.Second, nil, s.clock, logr.Discard())
	f := c.Follow("Namespace", s.kind.server, d)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	expected := "" // what has been reached
	answer := func(reason string, initial bool, does func(*watch.FakeWatcher)) {
		t.Helper()
		o := s.next(t)
		if got := o.options.SendInitialEvents != nil; got != initial {
			t.Errorf("%s: asked for everything: %v, want %v", reason, got, initial)
		}
		if f.revision() != expected {
			t.Errorf("%s: it has reached %q, want %q", reason, f.revision(), expected)
		}
		w := watch.NewFakeWithChanSize(10, false)
		does(w)
		o.answer <- answered{events: w}
		for !w.IsStopped() { // no time goes by meanwhile: the watch would be given up
			runtime.Gosched()
		}
	}
	told := func(reason, reached string, want ...string) {
		t.Helper()
		var got []string
		for range want {
			got = append(got, <-d)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", reason, diff)
		}
		for range 1_000_000 {
			if f.revision() == reached {
				break
			}
			runtime.Gosched()
		}
		expected = reached
	}

	answer("it begins", true, func(w *watch.FakeWatcher) {
		w.Add(namespace("a", "5"))
		w.Action(watch.Bookmark, allTold("7"))
	})
	told("all there is, and only then it knows all", "7", "begin", "ADDED a", "complete")
	answer("it goes on", false, func(w *watch.FakeWatcher) {
		w.Modify(namespace("a", "8"))
		w.Delete(namespace("a", "9"))
		w.Action(watch.Bookmark, at("12"))
		w.Stop()
	})
	told("what changes", "12", "MODIFIED a", "DELETED a")
	answer("the revision is too old", false, func(w *watch.FakeWatcher) {
		gone := apierrors.NewResourceExpired("compacted")
		w.Error(&gone.ErrStatus)
	})
	answer("everything comes anew, and breaks off", true, func(w *watch.FakeWatcher) {
		w.Add(namespace("b", "20"))
		w.Stop()
	})
	told("what was reached stays until all has come", "12", "begin", "ADDED b")
	answer("once more", true, func(w *watch.FakeWatcher) {
		w.Add(namespace("strange", "21"))
	})
	told("what is not understood is no progress", "12", "begin", "ADDED strange")
	answer("and once more", true, func(w *watch.FakeWatcher) { w.Action(watch.Bookmark, allTold("30")) })
	told("it heals", "30", "begin", "complete")
}

// TestTheOldestProofOfANameIsTold: several followers may have one name.
func TestTheOldestProofOfANameIsTold(t *testing.T) {
	clock := clocktesting.NewFakeClock(time.Unix(1000, 0))
	c := New(10*time.Second, nil, clock, logr.Discard())
	for _, age := range []time.Duration{3 * time.Second, 8 * time.Second, 5 * time.Second} {
		f := c.Follow("Secret", nil, make(diary))
		f.reach("9")
		f.kind.proofs.add(claim{clock.Now().Add(-age), "9"})
	}
	registry := prometheus.NewRegistry()
	if err := c.Register(registry); err != nil {
		t.Fatal(err)
	}
	want := `
# HELP domicile_contact_age_seconds How long it has not been proven that this replica knows a kind as it stands; without a value until it was proven once.
# TYPE domicile_contact_age_seconds gauge
domicile_contact_age_seconds{kind="Secret"} 8
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "domicile_contact_age_seconds"); err != nil {
		t.Error(err)
	}
}
