package controllers

import "sync"

// broadcast wakes everybody who waits whenever something changes. The zero
// value is ready for use.
type broadcast struct {
	mu      sync.Mutex
	changed chan struct{}
}

// Changed returns a channel that the next wake closes. Take it before reading
// what is watched, so that no change is missed in between.
func (b *broadcast) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}

func (b *broadcast) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}
