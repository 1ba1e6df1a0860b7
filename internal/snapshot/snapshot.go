// Package snapshot holds what admission decides from: an immutable value behind
// an atomic pointer, so that a request reads it without a lock and sees one
// consistent state.
package snapshot

import (
	"sync"
	"sync/atomic"

	"github.com/domicile-dev/domicile/internal/residency"
)

// Snapshot is one consistent state of policies, tenants and ownership.
type Snapshot struct {
	residency.World

	// Revision identifies the inputs: replicas that have seen the same objects
	// have the same revision. It is safe for logs and audit annotations.
	Revision string
}

// Holder publishes snapshots. The zero value is ready for use.
type Holder struct {
	current atomic.Pointer[Snapshot]

	mu      sync.Mutex
	changed chan struct{}
}

// Load returns the current snapshot, or nil before the first Store: whoever
// decides must then say that it cannot know.
func (h *Holder) Load() *Snapshot {
	return h.current.Load()
}

// Store publishes a snapshot and wakes everybody who waits in Changed.
func (h *Holder) Store(s *Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current.Store(s)
	if h.changed != nil {
		close(h.changed)
		h.changed = nil
	}
}

// Changed returns a channel that is closed by the next Store. Take the channel
// before Load, so that no Store is missed in between.
func (h *Holder) Changed() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.changed == nil {
		h.changed = make(chan struct{})
	}
	return h.changed
}
