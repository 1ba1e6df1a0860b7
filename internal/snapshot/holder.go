package snapshot

import (
	"sync"
	"sync/atomic"
)

// Holder publishes snapshots: whoever needs to know how things stand reads them
// from here. The zero value is ready for use.
type Holder struct {
	current atomic.Pointer[Snapshot]
	changed Broadcast
}

// Load returns the current snapshot, or nil before the first Store: whoever
// decides must then say that it cannot know.
func (h *Holder) Load() *Snapshot { return h.current.Load() }

// Store publishes a snapshot and wakes everybody who waits in Changed.
func (h *Holder) Store(s *Snapshot) {
	h.current.Store(s)
	h.changed.Wake()
}

// Replace publishes a snapshot that decides as the current one does: nobody has to
// be woken.
func (h *Holder) Replace(s *Snapshot) { h.current.Store(s) }

// Changed returns a channel that is closed by the next Store. Take the channel
// before Load, so that no Store is missed in between.
func (h *Holder) Changed() <-chan struct{} { return h.changed.Changed() }

// Broadcast wakes everybody who waits whenever something changes. The zero
// value is ready for use.
type Broadcast struct {
	mu      sync.Mutex
	changed chan struct{}
}

// Changed returns a channel that the next Wake closes. Take it before reading
// what is watched, so that no change is missed in between.
func (b *Broadcast) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}

// Wake wakes everybody.
func (b *Broadcast) Wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}
