// Package flips tells whoever can end connections which tenants are refused from now
// on, and which are served again: long answers and WebSockets outlive a verdict.
package flips

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const (
	// Path is where the feed is, beside the metrics and guarded as they are.
	Path = "/flips"
	// maxListeners is how many may listen, and maxBehind how many flips one of them may
	// be behind before he is told to begin anew.
	maxListeners, maxBehind = 32, 4096
	heartbeat               = 15 * time.Second
)

// Flip is one tenant whose requests are answered otherwise from now on.
type Flip struct {
	Tenant  string    `json:"tenant"`
	Refused bool      `json:"refused"`
	At      time.Time `json:"at"`
}

// Feed finds flips and tells of them as server-sent events.
type Feed struct {
	snapshots *snapshot.Holder
	clock     clock.WithTicker

	mu        sync.Mutex
	listeners map[chan Flip]bool
}

// New makes a feed of the snapshots of a holder.
func New(snapshots *snapshot.Holder, c clock.WithTicker) *Feed {
	return &Feed{snapshots: snapshots, clock: c, listeners: map[chan Flip]bool{}}
}

// NeedLeaderElection says no: every replica tells.
func (f *Feed) NeedLeaderElection() bool { return false }

// Start looks for flips until the context ends.
func (f *Feed) Start(ctx context.Context) error {
	var before *snapshot.Snapshot
	var at time.Time
	for {
		changed := f.snapshots.Changed()
		now := f.clock.Now()
		current := f.snapshots.Load()
		if before != nil && current != nil {
			f.tell(flipsOf(before, at, current, now))
		}
		before, at = current, now
		var boundary <-chan time.Time
		stop := func() bool { return true }
		if current != nil {
			if next, ok := current.NextBoundary(now); ok {
				timer := f.clock.NewTimer(next.Sub(now))
				boundary, stop = timer.C(), timer.Stop
			}
		}
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-changed:
		case <-boundary:
		}
		stop()
	}
}

// flipsOf are the tenants of which the strictest answer is another one.
func flipsOf(before *snapshot.Snapshot, then time.Time, after *snapshot.Snapshot, now time.Time) (flips []Flip) {
	look := func(tenant string) {
		was, is := refused(before, tenant, then), refused(after, tenant, now)
		if was != is {
			flips = append(flips, Flip{Tenant: tenant, Refused: is, At: now.UTC()})
		}
	}
	boundary, bounded := before.NextBoundary(then)
	touched := after.Since(before, now)
	if touched.EveryTenant() || bounded && !now.Before(boundary) {
		for t := range after.Tenants.All() {
			look(t.Name)
		}
		return flips
	}
	for tenant := range touched.Tenants {
		look(tenant)
	}
	return flips
}

// refused says whether any request of a tenant is refused, whatever the model.
func refused(s *snapshot.Snapshot, tenant string, at time.Time) bool {
	o := &residency.Object{
		Claims: residency.Claims{Tenants: []residency.Claim{{Tenant: tenant}}}, Call: &residency.Call{AnyModel: true},
	}
	return residency.Decide(&s.World, o, at).Action() == residency.Deny
}

// tell tells everybody who listens. Who does not keep up is cut off, and begins anew.
func (f *Feed) tell(flips []Flip) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, flip := range flips {
		for listener := range f.listeners {
			select {
			case listener <- flip:
			default:
				delete(f.listeners, listener)
				close(listener)
			}
		}
	}
}

func (f *Feed) listen() (chan Flip, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.listeners) >= maxListeners {
		return nil, false
	}
	listener := make(chan Flip, maxBehind)
	f.listeners[listener] = true
	return listener, true
}

func (f *Feed) leave(listener chan Flip) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.listeners, listener)
}

// ServeHTTP tells of flips from now on, until the client goes or is too slow.
func (f *Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	listener, ok := f.listen()
	if !ok {
		http.Error(w, "too many listen already", http.StatusServiceUnavailable)
		return
	}
	defer f.leave(listener)
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	ticker := f.clock.NewTicker(heartbeat)
	defer ticker.Stop()
	fmt.Fprint(w, ": listening\n\n")
	for out.Flush() == nil {
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C():
			fmt.Fprint(w, ": alive\n\n")
		case flip, ok := <-listener:
			if !ok {
				fmt.Fprint(w, "event: reset\ndata: {}\n\n")
				_ = out.Flush() // the client is gone if that fails
				return
			}
			text, err := json.Marshal(flip)
			if err != nil {
				return // not reached: it is text and a time
			}
			fmt.Fprintf(w, "event: flip\ndata: %s\n\n", text)
		}
	}
}
