package status

import (
	"maps"
	"slices"
	"time"

	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/internal/money"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// maxMoney is the largest amount that the API allows. A sum beyond it is
// written as this.
const maxMoney = "999999999999999.9999"

// tally counts what policies do to tenants, and objects by the reason of their
// condition Ready. What was counted by one plan can be taken off again by the same.
type tally struct {
	policies map[string]*impact
	ready    map[kindAndReason]int
}

func newTally() *tally { return &tally{policies: map[string]*impact{}, ready: map[kindAndReason]int{}} }

// impact adds up what a policy does to tenants.
type impact struct {
	verdicts verdictCounts
	affected money.Sums
	upcoming map[time.Time]*upcoming
}

// upcoming are the changes that are coming at an instant, by what causes them.
type upcoming map[residency.ChangeCause]int

// verdictCounts is a number of tenants by residency.Verdict.
type verdictCounts [residency.Restricted + 1]int

// tallyOf counts every tenant and every LegalEntity.
func tallyOf(p *plan) *tally {
	t := newTally()
	for name := range p.world.Objects.Tenants.All() {
		t.tenant(p, name, +1)
	}
	for name := range p.world.Objects.Entities.All() {
		t.entity(p, name, +1)
	}
	return t
}

// follow takes off what a plan made of objects that are touched, and counts what the
// next one makes of them. Of a policy that is touched every tenant is counted anew.
func (t *tally) follow(before, next *plan, touched snapshot.Touched) {
	for name := range touched.Tenants {
		t.tenant(before, name, -1)
		t.tenant(next, name, +1)
	}
	for name := range touched.Entities {
		t.entity(before, name, -1)
		t.entity(next, name, +1)
	}
	for name := range touched.Policies {
		delete(t.policies, name)
	}
	for _, policy := range next.world.Policies {
		if touched.Policies[policy.Name] {
			t.policy(next, policy)
		}
	}
}

// policy counts every tenant that a policy is about.
func (t *tally) policy(p *plan, policy *residency.Policy) {
	for _, c := range p.world.Objects.Tenants.All() {
		if isAbout(policy, &c.Tenant) {
			t.impactOf(policy.Name).count(p, policy, c, +1)
		}
	}
}

// tenant counts a tenant as a plan finds it, or takes it off (by -1) again.
func (t *tally) tenant(p *plan, name string, by int) {
	c, ok := p.world.Objects.Tenants.Get(name)
	if !ok {
		return
	}
	t.ready[kindAndReason{"Tenant", tenantReady(p.world, c).Reason}] += by
	for _, policy := range p.world.Policies {
		if isAbout(policy, &c.Tenant) {
			t.impactOf(policy.Name).count(p, policy, c, by)
		}
	}
}

// entity counts a LegalEntity as a plan finds it, or takes it off again.
func (t *tally) entity(p *plan, name string, by int) {
	if e, ok := p.world.Objects.Entities.Get(name); ok {
		t.ready[kindAndReason{"LegalEntity", p.entityReady(e).Reason}] += by
	}
}

func (t *tally) impactOf(policy string) *impact {
	if t.policies[policy] == nil {
		t.policies[policy] = &impact{}
	}
	return t.policies[policy]
}

// count counts a tenant. Most are Clear, and for those nothing is evaluated.
func (i *impact) count(p *plan, policy *residency.Policy, c *translate.CompiledTenant, by int) {
	d := p.world.Evaluate(policy, residency.Request{At: p.at, Tenant: &c.Tenant})
	i.add(d.Verdict, c.Value, by)
	if change, ok := p.forecast.Next(policy, &c.Tenant, d); ok {
		i.expect(change, by)
	}
}

// expect takes a change into account that is coming for a tenant, or takes it off.
func (i *impact) expect(change residency.Change, by int) {
	instant := change.At.UTC().Round(0)
	if i.upcoming == nil {
		i.upcoming = map[time.Time]*upcoming{}
	}
	at := i.upcoming[instant]
	if at == nil {
		at = &upcoming{}
		i.upcoming[instant] = at
	}
	if (*at)[change.Cause] += by; (*at)[change.Cause] == 0 {
		delete(*at, change.Cause)
	}
	if len(*at) == 0 {
		delete(i.upcoming, instant)
	}
}

func (i *impact) add(v residency.Verdict, value *v1alpha1.Money, by int) {
	i.verdicts[v] += by
	if v != residency.Restricted || value == nil {
		return
	}
	amount := money.Amount{Amount: value.Amount, Currency: value.Currency}
	if by > 0 {
		i.affected.Add(amount) // what the API does not allow is nothing
	} else {
		i.affected.Remove(amount)
	}
}

// counts are the tenants by verdict, as the API says it.
func (i *impact) counts() *v1alpha1.TenantCounts {
	restricted, clean := i.verdicts[residency.Restricted], i.verdicts[residency.Clear]
	rest := i.verdicts[residency.Indeterminate] + i.verdicts[residency.Unidentified]
	return &v1alpha1.TenantCounts{
		Restricted: ptr.To(int32(restricted)), Indeterminate: ptr.To(int32(rest)), Clear: ptr.To(int32(clean)),
	}
}

// change is the first that is coming, as the API says it; nil if nothing is.
func (i *impact) change() *v1alpha1.PolicyChange {
	if len(i.upcoming) == 0 {
		return nil
	}
	first := slices.MinFunc(slices.Collect(maps.Keys(i.upcoming)), time.Time.Compare)
	tenants := 0
	for _, n := range *i.upcoming[first] {
		tenants += n
	}
	cause := slices.Min(slices.Collect(maps.Keys(*i.upcoming[first]))) // whichever tenant comes first
	return &v1alpha1.PolicyChange{
		At: apply.Time(first), Cause: v1alpha1.ChangeCause(cause.String()), Tenants: ptr.To(int32(tenants)),
	}
}

// money lists the sums by currency.
func (i *impact) money() []v1alpha1.Money {
	var sums []v1alpha1.Money
	for _, a := range i.affected.AmountsUpTo(maxMoney) {
		sums = append(sums, v1alpha1.Money{Amount: a.Amount, Currency: a.Currency})
	}
	return sums[:min(len(sums), maxCurrencies)]
}
