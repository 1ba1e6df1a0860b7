package snapshot

import (
	"sync"
	"time"

	"github.com/domicile-dev/domicile/controllers/internal/metric"
)

// backlog knows since when the snapshot lacks a change. Informers write it, in
// goroutines of their own, so it goes on telling when the builder is stuck; on an
// idle cluster it is empty, however old the snapshot is. The zero value is empty.
type backlog struct {
	mu sync.Mutex
	// since is when the oldest change was noticed that no snapshot has.
	since time.Time
	// later is the same without what the build that is going on will have.
	later time.Time
}

// notice adds a change.
func (b *backlog) notice(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.since.IsZero() {
		b.since = at
	}
	if b.later.IsZero() {
		b.later = at
	}
}

// begin says that a build reads its inputs: they have what was noticed so far.
func (b *backlog) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.later = time.Time{}
}

// done says that what was read is the snapshot now.
func (b *backlog) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.since = b.later
}

// seconds is since when, as Prometheus writes times; 0 if nothing is missing.
func (b *backlog) seconds() float64 {
	since := b.oldest()
	if since.IsZero() {
		return 0
	}
	return metric.Timestamp(since)
}

// oldest is since when; zero if nothing is missing.
func (b *backlog) oldest() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.since
}
