package residency

import (
	"slices"
	"time"
)

// ChangeCause is why something changes although nobody touches it.
type ChangeCause uint8

// The causes.
const (
	// OwnershipChanges: an interest begins or ends.
	OwnershipChanges ChangeCause = iota
	// NoticePeriodEnds: a policy becomes effective.
	NoticePeriodEnds
	// ExemptionExpires: an exemption ends.
	ExemptionExpires
)

// Change is what a policy does with a tenant from an instant on.
type Change struct {
	At      time.Time
	Cause   ChangeCause
	Verdict Verdict
	Action  Action
}

// forecastPeriods is how many of the coming dates on which ownership changes are
// looked at: with today's that is as many as the graph remembers.
const forecastPeriods = 3

// NextBoundary is the first instant after at from which the same world may
// answer otherwise; ok is false if there is none.
func (w *World) NextBoundary(at time.Time) (next time.Time, ok bool) {
	next, _ = w.Graph.At(at).Until()
	earlier := func(t time.Time) {
		if t.After(at) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, p := range w.Policies {
		earlier(p.EffectiveFrom)
		for _, exemptions := range p.Exemptions {
			for _, e := range exemptions {
				earlier(e.ExpiresAt)
			}
		}
	}
	return next, !next.IsZero()
}

// Forecast knows what will change in a world although nobody touches it.
type Forecast struct {
	world *World
	at    time.Time
	now   *Verdicts
	later []*Verdicts
	from  []time.Time // of later
	// end is the first instant of whose ownership nothing is known; zero if it
	// is known for ever.
	end time.Time
}

// NewForecast looks ahead from an instant.
func NewForecast(w *World, at time.Time) *Forecast {
	f := &Forecast{world: w, at: at, now: w.Verdicts}
	if !f.now.Covers(at) {
		f.now = NewVerdicts(w, at)
	}
	until, ok := f.now.Until()
	for range forecastPeriods {
		if !ok {
			break
		}
		next := NewVerdicts(w, until)
		f.later, f.from = append(f.later, next), append(f.from, until)
		until, ok = next.Until()
	}
	f.end = until
	return f
}

// Next is the first time after that of the forecast at which a policy finds out
// something else about a tenant, or does something else with it; ok is false if
// none is in sight. Now is what it does at the time of the forecast.
//
// Whatever comes after the dates of ownership that are looked at is told as if
// ownership stayed as it is by then.
func (f *Forecast) Next(p *Policy, t *Tenant, now Decision) (change Change, ok bool) {
	for _, at := range f.instants(p, t) {
		on := at
		if !f.end.IsZero() && !at.Before(f.end) {
			on = f.end.Add(-1)
		}
		if !f.mayChange(p, t, on, now) {
			continue
		}
		d := evaluateOn(p, f.world.Graph, Request{At: at, Tenant: t}, on, admissionLimits)
		if d.Verdict != now.Verdict || d.Action != now.Action {
			return Change{At: at, Cause: p.cause(t, at, d.Verdict != now.Verdict), Verdict: d.Verdict, Action: d.Action}, true
		}
	}
	return Change{}, false
}

// instants are those at which the answer about a tenant may be another one.
func (f *Forecast) instants(p *Policy, t *Tenant) []time.Time {
	instants := slices.Clone(f.from)
	add := func(at time.Time) {
		if at.After(f.at) {
			instants = append(instants, at)
		}
	}
	add(p.EffectiveFrom)
	for _, e := range p.Exemptions[t.Name] {
		add(e.ExpiresAt)
	}
	slices.SortFunc(instants, time.Time.Compare)
	return slices.CompactFunc(instants, time.Time.Equal)
}

// mayChange says whether it is worth asking about an instant. Most tenants are
// Clear on all days, and their verdicts are known.
func (f *Forecast) mayChange(p *Policy, t *Tenant, on time.Time, now Decision) bool {
	if now.Verdict != Clear {
		return true
	}
	verdict, ok := f.now.Of(p, t, on)
	for i := 0; !ok && i < len(f.later); i++ {
		verdict, ok = f.later[i].Of(p, t, on)
	}
	return !ok || verdict != Clear
}

// cause says why the answer changes at an instant.
func (p *Policy) cause(t *Tenant, at time.Time, verdict bool) ChangeCause {
	switch {
	case verdict:
		return OwnershipChanges
	case at.Equal(p.EffectiveFrom):
		return NoticePeriodEnds
	}
	for _, e := range p.Exemptions[t.Name] {
		if at.Equal(e.ExpiresAt) {
			return ExemptionExpires
		}
	}
	return OwnershipChanges
}
