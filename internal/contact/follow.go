package contact

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/ptr"
)

// Keeper keeps what it needs of the objects of a kind.
type Keeper interface {
	// Begin says that everything there is comes now, anew. What was known stays until
	// Complete, and who asks learns from Check how old it is.
	Begin()
	// Take takes in that an object was added, changed or deleted.
	Take(event watch.EventType, o metav1.Object) error
	// Complete says that everything there is has come.
	Complete()
}

// Followed is a kind that is not part of the world: who finds it too old reads live, or
// does not answer.
type Followed struct {
	contact *Contact
	kind    *kind
	keeper  Keeper

	mu      sync.Mutex
	reached string
}

// errEnded says that a watch ended without an error.
var errEnded = errors.New("the watch ended")

// followAgain is how long to wait before everything is read anew.
const followAgain = 2 * time.Second

// Follow watches a kind for a keeper. Several may have one name, which is a value of a
// label: the metric then tells of the one whose proof is oldest.
func (c *Contact) Follow(name string, server toolscache.ListerWatcherWithContext, keeper Keeper) *Followed {
	f := &Followed{contact: c, keeper: keeper}
	f.kind = &kind{name: name, clock: c.clock, log: c.log.WithValues("kind", name), server: initial{server}}
	f.kind.proofs.reached = f.revision
	c.mu.Lock()
	defer c.mu.Unlock()
	c.followed = append(c.followed, f.kind)
	return f
}

// Check is an ErrLost if what is known of the kind may be older than the bound.
func (f *Followed) Check() error { return f.contact.check(f.kind) }

// NeedLeaderElection says no: every replica answers.
func (f *Followed) NeedLeaderElection() bool { return false }

// Start follows until the context ends.
func (f *Followed) Start(ctx context.Context) error {
	for {
		if err := f.follow(ctx); ctx.Err() == nil && !expired(err) {
			f.kind.log.Info("Could not follow", "reason", err.Error())
		}
		if !f.kind.wait(ctx, followAgain) {
			return nil
		}
	}
}

// follow reads everything and then what changes, until the watch ends.
func (f *Followed) follow(ctx context.Context) error {
	w, err := f.kind.watch(ctx, metav1.ListOptions{
		SendInitialEvents: ptr.To(true), ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true,
	})
	if err != nil {
		return err
	}
	defer w.Stop()
	f.keeper.Begin()
	complete := false
	for event := range w.ResultChan() {
		if event.Type == watch.Error {
			return apierrors.FromObject(event.Object)
		}
		o, err := meta.Accessor(event.Object)
		if err != nil {
			return fmt.Errorf("watch each %s: %w", f.kind.name, err)
		}
		switch {
		case event.Type != watch.Bookmark:
			if err := f.keeper.Take(event.Type, o); err != nil {
				return err
			}
		case !complete && initialEventsEnd(event):
			f.keeper.Complete()
			complete = true
		}
		if complete {
			f.reach(o.GetResourceVersion())
		}
	}
	return errEnded
}

func (f *Followed) reach(revision string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reached = revision
}

// revision is up to which everything has been taken in.
func (f *Followed) revision() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reached
}
