package controllers

import (
	"cmp"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
)

const (
	maxVerdicts   = 128  // TenantStatus.verdicts
	maxPath       = 1024 // bytes, TenantVerdict.path
	maxMessage    = 4096 // bytes, condition messages
	maxCurrencies = 64   // TenantPolicyStatus.annualValueAffected
)

// plan is what the status of every object should say, at one instant. It is
// computed from one compiled snapshot and immutable; times in it are not set.
type plan struct {
	at       time.Time
	policies map[string]policyPlan
	tenants  map[string]tenantPlan
	entities map[string]entityPlan

	exemptions map[string]exemptionPlan
	verdicts   map[string]verdictCounts // by policy
	// next is when time alone makes another plan; zero if it never does.
	next time.Time
}

// newPlan asks every policy about every tenant that it is about.
func newPlan(c *compiled, at time.Time) *plan {
	p := &plan{
		at:       at,
		policies: make(map[string]policyPlan, len(c.policies)),
		tenants:  make(map[string]tenantPlan, len(c.tenants)),
		entities: make(map[string]entityPlan, len(c.entities)),

		exemptions: make(map[string]exemptionPlan, len(c.exemptions)),
		verdicts:   make(map[string]verdictCounts, len(c.policies)),
	}
	p.next, _ = c.snapshot.NextBoundary(at)
	forecast := residency.NewForecast(&c.snapshot.World, at)
	sums := make(map[string]*impact, len(c.policies))
	for _, policy := range c.snapshot.Policies {
		sums[policy.Name] = &impact{}
	}
	for i := range c.tenants {
		t := &c.tenants[i]
		planned := tenantPlan{generation: t.Generation, ready: tenantReady(c, t)}
		for _, policy := range c.snapshot.Policies {
			if tenant := c.snapshot.Tenants[t.Name]; tenant != nil && isAbout(policy, tenant) {
				d := residency.Evaluate(policy, c.snapshot.Graph, residency.Request{At: at, Tenant: tenant})
				v := verdictOf(d)
				if change, ok := forecast.Next(policy, tenant, d); ok {
					v.Next = verdictChangeOf(change)
					sums[policy.Name].upcoming(change)
				}
				sums[policy.Name].add(d.Verdict, t.Spec.AnnualValue)
				planned.verdicts = append(planned.verdicts, v)
			}
		}
		slices.SortFunc(planned.verdicts, gravestFirst)
		planned.verdicts = planned.verdicts[:min(len(planned.verdicts), maxVerdicts)]
		p.tenants[t.Name] = planned
	}
	for i := range c.policies {
		policy := &c.policies[i]
		p.policies[policy.Name] = newPolicyPlan(policy, sums[policy.Name], at)
		if sum := sums[policy.Name]; sum != nil {
			p.verdicts[policy.Name] = sum.verdicts
		}
	}
	problems := problemsByParty(c)
	for i := range c.entities {
		e := &c.entities[i]
		p.entities[e.Name] = entityPlan{generation: e.Generation, ready: entityReady(c, e, problems, at)}
	}
	for i := range c.exemptions {
		e := &c.exemptions[i]
		p.exemptions[e.Name] = exemptionPlan{generation: e.Generation, ready: exemptionReady(c, e, at)}
		// Also those expire that are from a policy which does not exist.
		if expires := e.Spec.ExpiresAt.Time; expires.After(at) && (p.next.IsZero() || expires.Before(p.next)) {
			p.next = expires
		}
	}
	return p
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
		Policy: d.Policy, Verdict: v1alpha1.Verdict(d.Verdict.String()), Reason: string(d.Reason),
		Action: v1alpha1.Action(d.Action.String()),
	}
	if len(d.Exemptions) > 0 {
		v.Exemption = v1alpha1.ObjectName(d.Exemptions[0].Name)
	}
	if lines := explain.Path(d); len(lines) > 0 {
		v.Path = shortened(lines[0], maxPath)
	}
	return v
}

func verdictChangeOf(c residency.Change) *v1alpha1.VerdictChange {
	return &v1alpha1.VerdictChange{
		At: metav1.NewTime(written(c.At)), Cause: v1alpha1.ChangeCause(c.Cause.String()),
		Verdict: v1alpha1.Verdict(c.Verdict.String()), Action: v1alpha1.Action(c.Action.String()),
	}
}

// written is a time as the API writes it: of whole seconds. What is compared
// with what was read back has to be.
func written(at time.Time) time.Time { return at.Truncate(time.Second) }

// shortened cuts text at a whole character, and says so.
func shortened(text string, limit int) string {
	const more = "…"
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit-len(more)], "") + more
}
