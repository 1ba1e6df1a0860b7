package contact

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
)

// opened is a watch that the server was asked for.
type opened struct {
	options metav1.ListOptions
	ctx     context.Context //nolint:containedctx // when it ends is what tests look at
	answer  chan<- answered
}

type answered struct {
	events watch.Interface
	err    error
}

// server is an API server that does what a test says.
type server struct {
	watches   chan opened
	revisions chan string // of reads
	clock     *clocktesting.FakeClock
	kind      *kind
}

func newServer() *server {
	s := &server{watches: make(chan opened), revisions: make(chan string), clock: clocktesting.NewFakeClock(time.Unix(1000, 0))}
	s.kind = &kind{name: "Namespace", clock: s.clock, log: logr.Discard(), server: &toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, _ metav1.ListOptions) (runtime.Object, error) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case revision := <-s.revisions:
				return &metav1.PartialObjectMetadataList{ListMeta: metav1.ListMeta{ResourceVersion: revision}}, nil
			}
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			answer := make(chan answered, 1)
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case s.watches <- opened{o, ctx, answer}:
			}
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case a := <-answer:
				return a.events, a.err
			}
		},
	}}
	s.kind.proofs.reached = func() string { return "1000" }
	return s
}

// next is the next watch that is asked for; the time goes on meanwhile, slowly enough
// that nobody is late who is about to ask.
func (s *server) next(t *testing.T) opened {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case o := <-s.watches:
			return o
		case <-t.Context().Done():
			t.Fatal("nobody watches")
		case <-tick.C:
			s.clock.Step(10 * time.Millisecond)
		}
	}
}

func at(revision string) *metav1.PartialObjectMetadata {
	m := metadata()
	m.ResourceVersion = revision
	return m
}

func TestAWatchGoesOnInRounds(t *testing.T) {
	s := newServer()
	w, err := s.kind.watch(t.Context(), metav1.ListOptions{ResourceVersion: "5", AllowWatchBookmarks: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	for _, step := range []struct {
		reason, from string
		end          func(opened, *watch.FakeWatcher)
	}{
		{"it begins where the informer is", "5", func(_ opened, f *watch.FakeWatcher) {
			go f.Modify(at("6"))
			if event := <-w.ResultChan(); event.Type != watch.Modified {
				t.Errorf("the informer is told %+v", event)
			}
			f.Stop()
		}},
		{"and goes on after the last event", "6", func(_ opened, f *watch.FakeWatcher) {
			go f.Action(watch.Bookmark, at("9"))
			<-w.ResultChan()
			f.Stop()
		}},
		{"a bookmark is progress", "9", func(o opened, _ *watch.FakeWatcher) {
			for o.ctx.Err() == nil {
				s.clock.Step(time.Second)
			}
		}},
		{"a watch that hangs is given up", "9", func(_ opened, f *watch.FakeWatcher) {
			failed := apierrors.NewInternalError(errors.New("etcd has no leader"))
			f.Error(&failed.ErrStatus)
		}},
		{"what failed is tried again, and the informer need not list", "9", func(_ opened, f *watch.FakeWatcher) { f.Stop() }},
	} {
		o := s.next(t)
		if o.options.ResourceVersion != step.from || ptr.Deref(o.options.TimeoutSeconds, 0) != 3 || !o.options.AllowWatchBookmarks {
			t.Errorf("%s: %+v", step.reason, o.options)
		}
		f := watch.NewFakeWithChanSize(1, false)
		o.answer <- answered{events: f}
		step.end(o, f)
	}
	s.next(t).answer <- answered{err: errors.New("connection refused")}
	s.next(t) // and again

	if _, why := s.kind.proofs.latest(); why == nil {
		t.Error("nobody knows why")
	}
}

func TestARoundProvesWhatItsReadSays(t *testing.T) {
	for _, tc := range []struct {
		reason, revision string
		proven           bool
	}{
		{"the informer has got as far", "1000", true},
		{"there is something that the informer does not know", "1001", false},
	} {
		s := newServer()
		w, err := s.kind.watch(t.Context(), metav1.ListOptions{ResourceVersion: "5"})
		if err != nil {
			t.Fatal(err)
		}
		s.next(t).answer <- answered{events: watch.NewFake()}
		began := s.clock.Now()
		s.revisions <- tc.revision
		s.next(t) // the read of the round before has been noted, or never will be
		w.Stop()
		if proven, _ := s.kind.proofs.latest(); proven.IsZero() == tc.proven || proven.After(began) {
			t.Errorf("%s: proven as of %s", tc.reason, proven)
		}
	}
}

func TestAnInformerListsAgainWhenItMust(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		do     func(*server, opened)
	}{
		"expired at once": {"the API server has forgotten the revision", func(_ *server, o opened) {
			o.answer <- answered{err: apierrors.NewResourceExpired("too old")}
		}},
		"expired": {"as above, told by the watch", func(_ *server, o opened) {
			f, gone := watch.NewFakeWithChanSize(1, false), apierrors.NewResourceExpired("too old")
			f.Error(&gone.ErrStatus)
			o.answer <- answered{events: f}
		}},
		"restored": {"what was told is not so any more, and revisions are used again", func(s *server, o opened) {
			o.answer <- answered{events: watch.NewFake()}
			s.revisions <- "4"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer()
			w, err := s.kind.watch(t.Context(), metav1.ListOptions{ResourceVersion: "5"})
			if err != nil {
				t.Fatal(err)
			}
			tc.do(s, s.next(t))
			event, ok := <-w.ResultChan()
			if !ok || event.Type != watch.Error || !apierrors.IsResourceExpired(apierrors.FromObject(event.Object)) {
				t.Errorf("%s: the informer is told %+v", tc.reason, event)
			}
			if event, ok := <-w.ResultChan(); ok {
				t.Errorf("%s: it goes on with %+v", tc.reason, event)
			}
		})
	}
}

func TestTheFirstWatchTellsAllThereIs(t *testing.T) {
	s := newServer()
	asked := s.clock.Now()
	got := make(chan watch.Interface, 1)
	go func() {
		w, err := s.kind.watch(t.Context(), metav1.ListOptions{SendInitialEvents: ptr.To(true), TimeoutSeconds: ptr.To[int64](300)})
		if err != nil {
			t.Error(err)
		}
		got <- w
	}()
	first := <-s.watches
	if !ptr.Deref(first.options.SendInitialEvents, false) || *first.options.TimeoutSeconds != 300 {
		t.Errorf("300,000 objects take longer than a round: %+v", first.options)
	}
	f := watch.NewFakeWithChanSize(2, false)
	first.answer <- answered{events: f}
	w := <-got
	defer w.Stop()
	last := at("7")
	last.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
	f.Add(at("3"))
	f.Action(watch.Bookmark, last)
	for range 2 {
		<-w.ResultChan()
	}
	if o := s.next(t); o.options.ResourceVersion != "7" || o.options.SendInitialEvents != nil {
		t.Errorf("it goes on with %+v", o.options)
	}
	if proven, _ := s.kind.proofs.latest(); !proven.Equal(asked) {
		t.Errorf("all there is, read consistently, proves as much as a read: %s, want %s", proven, asked)
	}
}

func TestAWatchEndsWithItsInformer(t *testing.T) {
	s := newServer()
	w, err := s.kind.watch(t.Context(), metav1.ListOptions{ResourceVersion: "5"})
	if err != nil {
		t.Fatal(err)
	}
	o := s.next(t)
	w.Stop()
	<-o.ctx.Done()
	if _, ok := <-w.ResultChan(); ok {
		t.Error("it still tells something")
	}
}
