package residency

import (
	"slices"
	"time"
)

// IsTenantSecret says whether an object is a Secret that is judged as an API key
// because of where it is, whatever it says of itself: every Secret is in a namespace
// that is bound, but those that Kubernetes makes for itself and those that suspension
// has emptied.
func (o *Object) IsTenantSecret() bool {
	return o.Group == "" && o.Resource == "secrets" && !o.SystemSecret && !o.EmptiedSecret && o.Bound()
}

// IsMarked says whether admission would be about an object wherever it was: false for a
// Secret that is judged because of its namespace alone.
func (w *World) IsMarked(o *Object) bool {
	anywhere := *o
	anywhere.Namespace = nil
	return w.IsAbout(&anywhere)
}

// MayRefuse says whether any policy refuses what is in a bound namespace because of whose
// it is: now, once its notice period is over, or when an exemption has expired. What the
// policy covers is not looked at. It stays the same until ownership changes.
func (w *World) MayRefuse(ns *Namespace, at time.Time) bool {
	o := w.Placed(&Object{Namespace: ns})
	if !o.Bound() {
		return false
	}
	b := belongingOf(o)
	return slices.ContainsFunc(w.Policies, func(p *Policy) bool {
		r, ok := b.request(w, p, at)
		return ok && p.mayRefuse(w.Evaluate(p, r))
	})
}

func (p *Policy) mayRefuse(d Decision) bool {
	return d.Action == Deny || !d.EffectiveFrom.IsZero() && d.Then == Deny ||
		slices.ContainsFunc(d.Findings, func(f Finding) bool { return f.Exempted != nil && p.found(f) == Deny })
}
