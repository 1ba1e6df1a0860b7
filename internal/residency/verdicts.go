package residency

import "time"

// Verdicts answers what every policy of a world says about any tenant, in a
// period in which ownership does not change. It is immutable; nil has no answer.
type Verdicts struct {
	from, until time.Time // zero for no limit
	of          map[*Policy]*tracer
}

// NewVerdicts traces every policy of a world on a day. What is left to do for a
// tenant is to look its parties up, however many tenants there are.
func NewVerdicts(w *World, at time.Time) *Verdicts {
	view := w.Graph.At(at)
	v := &Verdicts{of: make(map[*Policy]*tracer, len(w.Policies))}
	v.from, _ = view.From()
	v.until, _ = view.Until()
	for _, p := range w.Policies {
		if p.Invalid == "" {
			v.of[p] = newTracer(p, w.Graph, at, admissionLimits)
		}
	}
	return v
}

// Of returns what Evaluate says about a tenant without anybody else; false if
// that is not known, because the instant is in another period or the policy is
// not about the tenant.
func (v *Verdicts) Of(p *Policy, t *Tenant, at time.Time) (Verdict, bool) {
	if !v.Covers(at) {
		return Indeterminate, false
	}
	tracer, ok := v.of[p]
	if !ok || t == nil || !selects(p, t) {
		return Indeterminate, false
	}
	return tracer.verdict(t), true
}

// Covers says whether v knows anything about an instant.
func (v *Verdicts) Covers(at time.Time) bool {
	return v != nil && (v.from.IsZero() || !at.Before(v.from)) && (v.until.IsZero() || at.Before(v.until))
}

// Until is the first instant that v knows nothing about; ok is false if there is
// none.
func (v *Verdicts) Until() (t time.Time, ok bool) {
	if v == nil {
		return time.Time{}, false
	}
	return v.until, !v.until.IsZero()
}

// verdict is the one about a tenant, without a reason.
func (t *tracer) verdict(tenant *Tenant) Verdict {
	verdict, traced := Clear, false
	for _, link := range tenant.Links {
		if !t.traces(link) {
			continue
		}
		traced = true
		one := Indeterminate
		if node, found := t.graph.Find(link.Party); found {
			one = t.verdictOf(node)
		}
		if one == Restricted {
			return Restricted
		}
		if one == Indeterminate {
			verdict = Indeterminate
		}
	}
	if !traced {
		return Indeterminate
	}
	return verdict
}

// traces says whether a link is in a role that the policy looks at.
func (t *tracer) traces(link Link) bool {
	return int(link.Role) < len(t.policy.Roles) && t.policy.Roles[link.Role]
}
