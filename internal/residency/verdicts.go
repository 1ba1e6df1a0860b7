package residency

import "time"

// Verdicts has what every policy says about every tenant, in a period in which
// that does not change. It is immutable; nil has nothing.
type Verdicts struct {
	from, until time.Time // zero for no limit
	of          map[judged]Verdict
}

type judged struct {
	policy *Policy
	tenant *Tenant
}

// NewVerdicts asks every policy of a world about every tenant that it is about.
// It leaves everything behind that a question about that day needs, so that the
// first one is answered as fast as the next.
func NewVerdicts(w *World, at time.Time) *Verdicts {
	view := w.Graph.At(at)
	v := &Verdicts{of: make(map[judged]Verdict, len(w.Policies)*len(w.Tenants))}
	v.from, _ = view.From()
	v.until, _ = view.Until()
	for _, p := range w.Policies {
		if p.Invalid != "" {
			continue
		}
		t := newTracer(p, w.Graph, at, admissionLimits)
		for _, tenant := range w.Tenants {
			if selects(p, tenant) {
				v.of[judged{p, tenant}] = t.verdict(tenant)
			}
		}
	}
	return v
}

// Of returns what Evaluate says about a tenant without anybody else; false if
// that is not known, because the instant is in another period or the policy is
// not about the tenant.
func (v *Verdicts) Of(p *Policy, t *Tenant, at time.Time) (Verdict, bool) {
	if !v.covers(at) {
		return Indeterminate, false
	}
	verdict, ok := v.of[judged{p, t}]
	return verdict, ok
}

// covers says whether v knows anything about an instant.
func (v *Verdicts) covers(at time.Time) bool {
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
			one, _ = t.judge(node)
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
