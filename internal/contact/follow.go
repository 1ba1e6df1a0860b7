package contact

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
)

// Followed is a kind that is not part of the world: who finds it too old reads live.
type Followed struct {
	contact *Contact
	kind    *kind
}

// Follow watches a kind in rounds for somebody who keeps by himself what he needs of
// its objects; reached says up to which revision he has taken everything in.
func (c *Contact) Follow(name string, server toolscache.ListerWatcherWithContext, reached func() string) *Followed {
	k := &kind{name: name, clock: c.clock, log: c.log.WithValues("kind", name), server: server}
	k.proofs.reached = reached
	c.mu.Lock()
	defer c.mu.Unlock()
	c.followed = append(c.followed, k)
	return &Followed{c, k}
}

// Watch tells everything there is and everything that comes, until it has to begin
// anew: the last event is then an error.
func (f *Followed) Watch(ctx context.Context) (watch.Interface, error) {
	all := true
	return f.kind.watch(ctx, metav1.ListOptions{
		SendInitialEvents: &all, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true,
	})
}

// Check is an ErrLost if what is known of the kind may be older than the bound.
func (f *Followed) Check() error { return f.contact.check(f.kind) }
