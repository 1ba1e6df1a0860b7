package residency

import (
	"slices"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Evaluate says what a policy does with a tenant.
//
// The verdict is Restricted if any traced party is; else, without a tenant,
// Unidentified; else Indeterminate if any party is; else Clear. The action is
// the strictest that the policy has for anything that was found, so that one
// more party never makes an answer milder, whatever the policy does with each
// verdict. Without a tenant and with something Indeterminate besides, the
// verdict is the one of the two with the stricter action, and Unidentified if
// they have the same.
//
// What is found out about the parties of a tenant that is exempted from the
// policy brings no action, and the verdict only if nothing else does.
func Evaluate(p *Policy, g *ownership.Graph, r Request) Decision {
	return evaluate(p, g, r, admissionLimits)
}

// Explain is Evaluate for somebody who wants to see more of the tree: also the
// parties that are Clear and the holdings that don't count, if limits say so.
func Explain(p *Policy, g *ownership.Graph, r Request, limits Limits) Decision {
	return evaluate(p, g, r, limits)
}

// ExplainParty is Explain for one party that need not belong to any tenant.
func ExplainParty(p *Policy, g *ownership.Graph, party ownership.Ref, at time.Time, limits Limits) Decision {
	if p.Invalid != "" {
		return invalid(p, at)
	}
	t := newTracer(p, g, at, limits)
	f := t.party(party)
	d := Decision{
		Policy: p.Name, Rule: p.Rule,
		Verdict: f.Verdict, Reason: f.Reason, Action: p.action(f.Verdict),
		Findings: []Finding{f},
	}
	return p.soften(d, at)
}

func evaluate(p *Policy, g *ownership.Graph, r Request, limits Limits) Decision {
	return evaluateOn(p, g, r, r.At, limits)
}

// evaluateOn is evaluate with the ownership of another day.
func evaluateOn(p *Policy, g *ownership.Graph, r Request, on time.Time, limits Limits) Decision {
	if p.Invalid != "" {
		d := invalid(p, r.At)
		d.Tenant = r.name()
		return d
	}
	t := newTracer(p, g, on, limits)
	d := Decision{Policy: p.Name, Tenant: r.name(), Rule: p.Rule}
	d.Verdict, d.Reason = r.basis()
	d.Action = p.basis(r)
	if d.Reason == NoTenant {
		d.Detail = r.TenantNamespace
	}

	var aside, cleared []Finding
	for _, f := range t.findings(r) {
		f.Exempted = p.exempts(f, r.At)
		action := p.found(f)
		switch {
		case f.Exempted != nil:
			aside = append(aside, f)
			d.exempt(f.Exempted)
			continue
		case f.Verdict == Clear:
			cleared = append(cleared, f)
		default:
			d.Findings = append(d.Findings, f)
		}
		if graver(f.Verdict, action, d) {
			d.Verdict, d.Reason = f.Verdict, f.Reason
		}
		d.Action = stricter(d.Action, action)
	}
	if d.Verdict == Clear && len(aside) > 0 {
		d.Verdict, d.Reason = aside[0].Verdict, aside[0].Reason
	}
	d.Findings = append(d.Findings, aside...)
	if limits.All {
		d.Findings = append(d.Findings, cleared...)
	}
	return p.soften(d, r.At)
}

// basis is the verdict about a request before any party is looked at.
func (r Request) basis() (Verdict, Reason) {
	switch {
	case r.Tenant != nil:
		return Clear, NoRestrictedOwner
	case r.Claimed != "":
		return Unidentified, TenantNotFound
	default:
		return Unidentified, NoTenant
	}
}

// name is the name of the tenant that is claimed.
func (r Request) name() string {
	if r.Tenant != nil {
		return r.Tenant.Name
	}
	return r.Claimed
}

// graver reports whether a finding replaces the verdict reached so far.
// Findings arrive gravest first, so of two alike the first one stays.
func graver(v Verdict, action Action, d Decision) bool {
	switch v {
	case Restricted:
		return d.Verdict != Restricted
	case Indeterminate:
		return d.Verdict == Clear || d.Verdict == Unidentified && action < d.Action
	default:
		return false
	}
}

func invalid(p *Policy, at time.Time) Decision {
	return p.soften(Decision{
		Policy: p.Name, Rule: p.Rule, Detail: p.Invalid,
		Verdict: Indeterminate, Reason: PolicyInvalid, Action: p.Indeterminate,
	}, at)
}

// basis is what the policy does with a request before any party is looked at.
func (p *Policy) basis(r Request) Action {
	switch {
	case r.Tenant != nil:
		return Allow
	case r.Claimed != "":
		return p.TenantNotFound
	case r.IsCall && r.TenantNamespace != "":
		return stricter(p.UnidentifiedRequests, p.UnidentifiedInTenantNamespaces)
	case r.IsCall:
		return p.UnidentifiedRequests
	case r.TenantNamespace != "":
		return p.UnidentifiedInTenantNamespaces
	default:
		return p.Unidentified
	}
}

// found is what the policy does with what was found out about one party.
func (p *Policy) found(f Finding) Action {
	if f.Reason == TenantNotFound {
		return p.TenantNotFound
	}
	return p.action(f.Verdict)
}

// action is what the policy does with a verdict once it is effective.
func (p *Policy) action(v Verdict) Action {
	switch v {
	case Clear:
		return Allow
	case Restricted:
		return p.Restricted
	default:
		return p.Indeterminate
	}
}

// soften applies the notice period.
func (p *Policy) soften(d Decision, at time.Time) Decision {
	if p.EffectiveFrom.IsZero() || !at.Before(p.EffectiveFrom) {
		return d
	}
	softened := milder(d.Action, p.BeforeEffective)
	if softened != d.Action {
		d.EffectiveFrom, d.Then, d.Action = p.EffectiveFrom, d.Action, softened
	}
	return d
}

// findings looks at every party of the request, the gravest first and else in
// the order of the access chain.
func (t *tracer) findings(r Request) []Finding {
	var findings []Finding
	if r.Tenant != nil {
		findings = t.tenant(r.Tenant)
	}
	for _, other := range r.OnBehalfOf {
		if other.Tenant == nil {
			findings = append(findings, Finding{Verdict: Indeterminate, Reason: TenantNotFound, Tenant: other.Name})
			continue
		}
		findings = append(findings, t.tenant(other.Tenant)...)
	}
	for _, owner := range r.Owners {
		findings = append(findings, t.party(owner))
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return a.gravity() - b.gravity() })
	return findings
}

// tenant looks at the parties of a tenant in the roles that the policy traces.
func (t *tracer) tenant(tenant *Tenant) []Finding {
	var findings []Finding
	for _, link := range tenant.Links {
		if !t.traces(link) {
			continue
		}
		f := t.party(link.Party)
		f.Tenant, f.Role = tenant.Name, link.Role
		findings = append(findings, f)
	}
	if len(findings) == 0 {
		return []Finding{{Verdict: Indeterminate, Reason: NoParties, Tenant: tenant.Name}}
	}
	return findings
}

// gravity orders findings, the gravest lowest.
func (f Finding) gravity() int {
	order := []Reason{
		RestrictedSeed, RestrictedOwner,
		TenantNotFound, PartyNotFound, PossiblyRestricted, JurisdictionNotUnderstood, JurisdictionUnknown, RegisterUnavailable, NoParties,
	}
	if i := slices.Index(order, f.Reason); i >= 0 {
		return i
	}
	return len(order)
}
