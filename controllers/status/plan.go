package status

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

const (
	maxVerdicts   = 128  // TenantStatus.verdicts
	maxPath       = 1024 // bytes, TenantVerdict.path
	maxCurrencies = 64   // TenantPolicyStatus.annualValueAffected
)

// plan says what the status of an object should say: by one snapshot, at one
// instant. It is immutable; times in what it says are not set.
type plan struct {
	world    *snapshot.Snapshot
	at       time.Time
	forecast *residency.Forecast
	problems map[string][]string // of ownership data, by party
	// next is when time alone makes another plan; zero if it never does.
	next time.Time
}

func newPlan(s *snapshot.Snapshot, at time.Time, before *plan) *plan {
	p := &plan{world: s, at: at, forecast: residency.NewForecast(&s.World, at)}
	if before != nil && before.world.Graph == s.Graph {
		p.problems = before.problems
	} else {
		p.problems = problemsByParty(s)
	}
	p.next, _ = s.NextBoundary(at)
	for _, e := range s.Objects.Exemptions.All() {
		// Also those expire that are from a policy which does not exist.
		if e.Exemption != nil && e.Exemption.ExpiresAt.After(at) && (p.next.IsZero() || e.Exemption.ExpiresAt.Before(p.next)) {
			p.next = e.Exemption.ExpiresAt
		}
	}
	return p
}

// finding is what a policy finds out about a tenant and what will become of it.
type finding struct {
	policy   *residency.Policy
	decision residency.Decision
	change   *residency.Change
}

// findings asks every policy that is about a tenant.
func (p *plan) findings(t *residency.Tenant) []finding {
	var all []finding
	for _, policy := range p.world.Policies {
		if !isAbout(policy, t) {
			continue
		}
		f := finding{policy: policy, decision: p.world.Evaluate(policy, residency.Request{At: p.at, Tenant: t})}
		if change, ok := p.forecast.Next(policy, t, f.decision); ok {
			f.change = &change
		}
		all = append(all, f)
	}
	return all
}

// verdicts are the findings as the API says them.
func verdictsOf(findings []finding) []v1alpha1.TenantVerdict {
	var verdicts []v1alpha1.TenantVerdict
	for _, f := range findings {
		v := verdictOf(f.decision)
		if f.change != nil {
			v.Next = verdictChangeOf(*f.change)
		}
		verdicts = append(verdicts, v)
	}
	slices.SortFunc(verdicts, gravestFirst)
	return verdicts[:min(len(verdicts), maxVerdicts)]
}

func isAbout(p *residency.Policy, t *residency.Tenant) bool {
	return p.SelectsTenant == nil || p.SelectsTenant(t.Labels)
}

// gravestFirst orders verdicts by gravity and then by policy: where there is
// room for one only, as in kubectl's columns, it is the one that matters.
func gravestFirst(a, b v1alpha1.TenantVerdict) int {
	gravity := []v1alpha1.Verdict{
		v1alpha1.VerdictRestricted, v1alpha1.VerdictIndeterminate, v1alpha1.VerdictUnidentified, v1alpha1.VerdictClear,
	}
	return cmp.Or(
		cmp.Compare(slices.Index(gravity, a.Verdict), slices.Index(gravity, b.Verdict)),
		strings.Compare(a.Policy, b.Policy),
	)
}

func verdictOf(d residency.Decision) v1alpha1.TenantVerdict {
	v := v1alpha1.TenantVerdict{
		Policy: d.Policy, Verdict: translate.Verdict(d.Verdict), Reason: string(d.Reason), Action: translate.Action(d.Action),
	}
	if len(d.Exemptions) > 0 {
		v.Exemption = v1alpha1.ObjectName(d.Exemptions[0].Name)
	}
	if lines := explain.Path(d); len(lines) > 0 {
		v.Path = cut.Text(lines[0], maxPath)
	}
	return v
}

func verdictChangeOf(c residency.Change) *v1alpha1.VerdictChange {
	return &v1alpha1.VerdictChange{
		At: apply.Time(c.At), Cause: v1alpha1.ChangeCause(c.Cause.String()),
		Verdict: translate.Verdict(c.Verdict), Action: translate.Action(c.Action),
	}
}
