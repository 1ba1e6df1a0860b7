package snapshot

import (
	"time"

	"github.com/domicile-dev/domicile/internal/residency"
)

// warmUp is how long before the graph changes by itself the graph of that day is
// made, so that nobody's request has to wait for it.
const warmUp = time.Minute

// boundary fires when the current snapshot becomes outdated; nil if it never
// does. Whoever asks calls stop.
func (b *Builder) boundary() (fires <-chan time.Time, stop func() bool) {
	current := b.holder.Load()
	if current == nil {
		return nil, func() bool { return true }
	}
	until, ok := current.Verdicts.Until()
	if !ok {
		return nil, func() bool { return true }
	}
	timer := b.clock.NewTimer(until.Sub(b.clock.Now()))
	return timer.C(), timer.Stop
}

// warm makes the graph of the next day on which it stands otherwise, when that
// is about to begin. What it makes is remembered by the graph.
func (b *Builder) warm() {
	current := b.holder.Load()
	if current == nil {
		return
	}
	until, ok := current.Verdicts.Until()
	if ok && !until.Equal(b.warmed) && until.Sub(b.clock.Now()) <= warmUp {
		residency.NewVerdicts(&current.World, until)
		b.warmed = until
	}
}
