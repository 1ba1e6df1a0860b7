package contact

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
)

// ErrLost is why nothing can be known while contact with the API server is lost.
var ErrLost = errors.New("contact with the API server is lost")

// Contact knows how old the world of this replica may be.
type Contact struct {
	bound time.Duration
	kinds map[key]string
	clock clock.WithTicker
	log   logr.Logger

	mu       sync.Mutex
	watched  []*kind
	followed []*kind // these are not part of the world
	behind   func() time.Duration
}

// New makes a Contact whose bound is how old the world may be. The kinds are what the
// world is made of, by name: the informers of others are left alone.
func New(bound time.Duration, kinds map[string]runtime.Object, c clock.WithTicker, log logr.Logger) *Contact {
	names := make(map[key]string, len(kinds))
	for name, object := range kinds {
		names[keyOf(object)] = name
	}
	return &Contact{bound: bound, kinds: names, clock: c, log: log, behind: func() time.Duration { return 0 }}
}

// key is what an informer is about: a type, and of which kind if it is of metadata.
type key struct {
	of       reflect.Type
	metadata schema.GroupVersionKind
}

func keyOf(object runtime.Object) key {
	k := key{of: reflect.TypeOf(object)}
	if m, ok := object.(*metav1.PartialObjectMetadata); ok {
		k.metadata = m.GroupVersionKind()
	}
	return k
}

// NewInformer makes an informer for a cache. Those of the world's kinds watch in rounds.
func (c *Contact) NewInformer(lw toolscache.ListerWatcher, object runtime.Object, resync time.Duration, indexers toolscache.Indexers) toolscache.SharedIndexInformer {
	name, ok := c.kinds[keyOf(object)]
	if !ok {
		return toolscache.NewSharedIndexInformer(lw, object, resync, indexers)
	}
	k := &kind{name: name, clock: c.clock, log: c.log.WithValues("kind", name), server: toolscache.ToListerWatcherWithContext(lw)}
	informer := toolscache.NewSharedIndexInformer(&toolscache.ListWatch{
		ListWithContextFunc: k.server.ListWithContext, WatchFuncWithContext: k.watch,
	}, object, resync, indexers)
	k.proofs.reached = informer.GetIndexer().LastStoreSyncResourceVersion
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watched = append(c.watched, k)
	return informer
}

// Behind makes the contact count, too, for how long something that an informer knows
// has not been part of decisions.
func (c *Contact) Behind(behind func() time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.behind = behind
}

// Check is an ErrLost if the world may be older than the bound: then nobody must
// decide from it.
func (c *Contact) Check() error {
	c.mu.Lock()
	watched, behind := c.watched, c.behind
	c.mu.Unlock()
	if len(watched) < len(c.kinds) {
		return fmt.Errorf("%w: not everything is watched yet", ErrLost)
	}
	for _, k := range watched {
		if err := c.check(k); err != nil {
			return err
		}
	}
	if late := behind(); late > c.bound {
		return fmt.Errorf("%w: for %s a change has not been taken in, and %s is the most", ErrLost, late.Round(time.Second), c.bound)
	}
	return nil
}

// check is an ErrLost if what is known of a kind may be older than the bound.
func (c *Contact) check(k *kind) error {
	proven, reason := k.proofs.latest()
	age := c.clock.Now().Sub(proven)
	switch {
	case proven.IsZero():
		return fmt.Errorf("%w: it has not been proven yet that each %s is known%s", ErrLost, k.name, because(reason))
	case age > c.bound:
		return fmt.Errorf("%w: for %s it has not been proven that each %s is known as it stands, and %s is the most%s",
			ErrLost, age.Round(time.Second), k.name, c.bound, because(reason))
	default:
		return nil
	}
}

// Start logs when contact is lost and found, until the context ends.
func (c *Contact) Start(ctx context.Context) error {
	ticker := c.clock.NewTicker(time.Second)
	defer ticker.Stop()
	lost := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
		}
		err := c.Check()
		switch {
		case err != nil && !lost:
			c.log.Info("Refuses to decide", "reason", err.Error())
		case err == nil && lost:
			c.log.Info("Decides again")
		}
		lost = err != nil
	}
}

// NeedLeaderElection says no: every replica decides.
func (c *Contact) NeedLeaderElection() bool { return false }

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}
