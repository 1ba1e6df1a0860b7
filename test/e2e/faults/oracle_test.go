package faults

import (
	"sync"
	"testing"
	"time"
)

// bound is how old the world may be that a replica decides from: the default of
// --contact-bound.
const bound = 10 * time.Second

// mirrorBound is how far the mirror may be behind, which is no part of that: then the
// alert DomicileMirrorBehind fires.
const mirrorBound = time.Minute

// history is what was so of a tenant, and when.
type history struct {
	mu     sync.Mutex
	states []state
}

// state is what a write says. It may count from when it was sent, and the one before it
// may count until it was answered.
type state struct {
	restricted     bool
	sent, answered time.Time // answered is zero while nobody knows whether it was written
}

// begins notes a write that is about to be sent, and returns what notes that it was done.
func (h *history) begins(restricted bool) (done func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := len(h.states)
	h.states = append(h.states, state{restricted: restricted, sent: time.Now()})
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.states[i].answered = time.Now()
	}
}

// possible says what may have been so at some moment from the bound before a request
// until its answer.
func (h *history) possible(sent, answered time.Time) (free, restricted bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	from := sent.Add(-bound)
	for i, s := range h.states {
		if s.sent.After(answered) || h.over(i, from) {
			continue
		}
		free, restricted = free || !s.restricted, restricted || s.restricted
	}
	return free, restricted
}

// lag is how long ago it was written that somebody is clear who is so still.
func (h *history) lag(now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := h.states[len(h.states)-1]
	if last.restricted || last.answered.IsZero() {
		return 0
	}
	return now.Sub(last.answered)
}

// over says whether a later write was done before a moment.
func (h *history) over(i int, moment time.Time) bool {
	for _, later := range h.states[i+1:] {
		if !later.answered.IsZero() && later.answered.Before(moment) {
			return true
		}
	}
	return false
}

func TestTheOracleKnowsWhichWorldsWereCurrent(t *testing.T) {
	at := func(seconds int) time.Time {
		if seconds < 0 {
			return time.Time{}
		}
		return time.Unix(int64(1000+seconds), 0)
	}
	h := &history{states: []state{
		{false, at(0), at(1)},
		{true, at(20), at(21)},
		{false, at(40), at(-1)}, // nobody knows
		{true, at(60), at(61)},
		{false, at(70), at(72)},
	}}
	for _, row := range []struct {
		reason            string
		sent, answered    int
		clear, restricted bool
	}{
		{"nothing has changed", 5, 6, true, false},
		{"the write is on its way", 19, 20, true, true},
		{"somebody may still decide from the world before", 31, 32, true, true},
		{"nobody may any more", 32, 33, false, true},
		{"a write that may not have been done makes both possible", 52, 53, true, true},
		{"until the next one is done", 71, 71, true, true},
		{"what is written counts as soon as it is sent", 72, 72, true, true},
		{"and alone when it is old enough", 83, 84, true, false},
	} {
		free, restricted := h.possible(at(row.sent), at(row.answered))
		if free != row.clear || restricted != row.restricted {
			t.Errorf("%s: clear %t, restricted %t", row.reason, free, restricted)
		}
	}
}
