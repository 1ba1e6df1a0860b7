package residency

import (
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Answer is the answer to a whole request.
type Answer struct {
	// Decisions has the identity refusals, then one decision for each policy
	// that covers the object, by name.
	Decisions []Decision
}

// Action is the strictest action of all decisions; Allow if there are none.
func (a Answer) Action() Action {
	strictest := Allow
	for _, d := range a.Decisions {
		strictest = stricter(strictest, d.Action)
	}
	return strictest
}

// stricter returns the stricter of two actions.
func stricter(a, b Action) Action { return min(a, b) }

// milder returns the milder of two actions.
func milder(a, b Action) Action { return max(a, b) }

// Decide answers a request about an object, or an API request: identity first, then
// every policy that covers it. Nothing is cut short, so that all reasons are told.
func Decide(w *World, o *Object, at time.Time) Answer {
	o = w.Placed(o)
	if !w.IsAbout(o) {
		return Answer{}
	}
	answer := Answer{Decisions: Identify(w, o)}
	b := belongingOf(o)
	if b.tenant == "" && w.isTenants(o.Namespace) {
		b.tenantNamespace = o.Namespace.Name
	}
	if o.IsNamespace() && b.empty() {
		return answer
	}
	for _, p := range w.Policies {
		if !covers(p, o) {
			continue
		}
		if r, ok := b.request(w, p, at); ok {
			r.IsCall = o.Call != nil
			d := p.replace(w.Evaluate(p, r), o.Replaces)
			d.IsCall = r.IsCall
			answer.Decisions = append(answer.Decisions, w.orOfPods(p, o, d, at))
		}
	}
	return answer
}

// orOfPods is a decision, or that about the Pods which the object makes if it is the
// stricter one: what says only of itself whose it is makes Pods of nobody, and it is
// better refused than they are, one after the other.
func (w *World) orOfPods(p *Policy, o *Object, d Decision, at time.Time) Decision {
	if len(o.Unclaimed) == 0 || d.Reason == NoTenant || o.Bound() || !selects(p, nil) {
		return d
	}
	r := Request{At: at}
	if w.isTenants(o.Namespace) {
		r.TenantNamespace = o.Namespace.Name
	}
	pods := w.Evaluate(p, r)
	if pods.Action > Warn || pods.Action >= d.Action {
		return d
	}
	pods.Template = o.Unclaimed[0]
	return pods
}

// Evaluate is Evaluate of the world's graph, but does not work out again that a tenant is Clear.
func (w *World) Evaluate(p *Policy, r Request) Decision {
	if r.Tenant != nil && len(r.OnBehalfOf) == 0 && len(r.Owners) == 0 {
		if verdict, ok := w.Verdicts.Of(p, r.Tenant, r.At); ok && verdict == Clear {
			return Decision{Policy: p.Name, Tenant: r.Tenant.Name, Rule: p.Rule, Verdict: Clear, Reason: NoRestrictedOwner, Action: Allow}
		}
	}
	return Evaluate(p, w.Graph, r)
}

// covers reports whether the policy covers the object. What cannot be found
// out counts as yes: an error must never be a way around a policy.
func covers(p *Policy, o *Object) bool {
	if p.Covers == nil {
		return true
	}
	covered, err := p.Covers(o)
	return covered || err != nil
}

// request narrows the belonging down to the tenants that the policy is about.
// It is false when the policy is about none of them.
//
// A tenant on whose behalf the object runs is enough to make a policy speak
// about it: then the first such tenant takes the place of the object's own,
// which the policy does not judge.
func (b belonging) request(w *World, p *Policy, at time.Time) (Request, bool) {
	r := Request{At: at, Tenant: w.Tenant(b.tenant), TenantNamespace: b.tenantNamespace, Owners: b.ownerRefs()}
	if r.Tenant == nil {
		r.Claimed = b.tenant
	}
	about := selects(p, r.Tenant)
	for _, name := range b.others {
		tenant := w.Tenant(name)
		switch {
		case !about && selects(p, tenant):
			about = true
			r.Tenant, r.Claimed = tenant, ""
		case tenant == nil, selects(p, tenant):
			r.OnBehalfOf = append(r.OnBehalfOf, NamedTenant{Name: name, Tenant: tenant})
		}
	}
	return r, about
}

// selects reports whether the policy is about the tenant; nil is an object
// without one, which only a policy without a tenantSelector is about.
func selects(p *Policy, t *Tenant) bool {
	if p.SelectsTenant == nil {
		return true
	}
	return t != nil && p.SelectsTenant(t.Labels)
}

func (b belonging) ownerRefs() []ownership.Ref {
	refs := make([]ownership.Ref, 0, len(b.owners))
	for _, id := range b.owners {
		refs = append(refs, ownership.Ref{Identifier: id})
	}
	return refs
}
