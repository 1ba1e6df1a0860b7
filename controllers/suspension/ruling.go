package suspension

import (
	"errors"
	"slices"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
)

// want says whether an object should be suspended, given back or left alone.
type want uint8

const (
	// giveBack: nobody wants it suspended (any more).
	giveBack want = iota
	// keep: it is not newly suspended, and not given back either.
	keep
	// suspended: it is to be suspended.
	suspended
)

// ruling is what all policies together want done with an object.
type ruling struct {
	want want
	// policies are those that want it suspended or do not know, by name.
	policies []string
	tenant   string
}

// errNoRecord is why an object cannot be given back: nothing is guessed.
var errNoRecord = errors.New("the record of what it was is gone: set the field by hand and remove the label domicile.dev/suspended")

// rule puts together what the policies say. Only a policy that suspends has a
// say. Restricted and denied suspends. Not knowing, Indeterminate or
// Unidentified, suspends nothing and gives nothing back. All else gives back:
// Clear, an exemption, a notice period, no policy (any more).
func rule(w *residency.World, tenant string, decisions []residency.Decision) ruling {
	r := ruling{tenant: tenant}
	for _, d := range decisions {
		p := policyOf(w, d.Policy)
		if p == nil || !p.Suspends {
			continue
		}
		vote := voteOf(d)
		if vote > r.want {
			r.want, r.policies = vote, nil
		}
		if vote == r.want && vote != giveBack {
			r.policies = append(r.policies, p.Name)
		}
	}
	// A policy with a tenantSelector is not about a tenant that does not exist,
	// so it says nothing; but who the tenant is, is not known then.
	if r.want == giveBack && tenant != "" && w.Tenant(tenant) == nil {
		for _, p := range w.Policies {
			if p.Suspends && p.SelectsTenant != nil {
				r.want, r.policies = keep, append(r.policies, p.Name)
			}
		}
	}
	slices.Sort(r.policies)
	r.policies = slices.Compact(r.policies)
	r.policies = r.policies[:min(len(r.policies), maxPolicies)]
	return r
}

// ruleOf is what is wanted done with something that was found. A Secret that is judged
// because of its namespace alone is left alone: it may be what Helm uninstalls by, or a
// certificate.
func ruleOf(w *residency.World, f *scan.Found) ruling {
	if !w.IsMarked(f.Object) {
		return rule(w, f.Tenant, nil)
	}
	return rule(w, f.Tenant, f.Decisions)
}

// voteOf is what a policy that suspends wants, by one of its decisions.
func voteOf(d residency.Decision) want {
	switch {
	case d.Verdict == residency.Clear:
		return giveBack
	case d.Verdict == residency.Restricted && d.Action == residency.Deny:
		return suspended
	case d.Verdict == residency.Restricted:
		return giveBack // exempted, or in a notice period
	case len(d.Exemptions) > 0 && d.Action == residency.Allow:
		return giveBack // all that is not known is set aside
	default:
		return keep
	}
}

func policyOf(w *residency.World, name string) *residency.Policy {
	for _, p := range w.Policies {
		if name != "" && p.Name == name {
			return p
		}
	}
	return nil
}
