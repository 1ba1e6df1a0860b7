package impact

import (
	"maps"
	"slices"
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/money"
	"github.com/domicile-dev/domicile/internal/residency"
)

// comparison is what is compared: two worlds, at one instant.
type comparison struct {
	before, after *world.View
	policy        string // the only one; "" is all
	at, now       time.Time
}

// verdict is what the comparison finds out about a tenant.
type verdict struct {
	name          string
	change        report.Change
	before, after *judgement // the gravest
	pairs         []pair     // by policy
}

type pair struct {
	policy        string
	before, after *judgement
}

// tenants compares every tenant that is in one of the worlds.
func (c *comparison) tenants() map[string]*verdict {
	all := map[string]*verdict{}
	before, after := c.policies(c.before), c.policies(c.after)
	names := slices.Sorted(maps.Keys(before))
	for name := range after {
		if before[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, w := range []*world.View{c.before, c.after} {
		for _, name := range w.TenantNames() {
			if all[name] == nil {
				all[name] = c.tenant(name, names, before, after)
			}
		}
	}
	return all
}

func (c *comparison) policies(w *world.View) map[string]*residency.Policy {
	policies := make(map[string]*residency.Policy, len(w.Policies))
	for _, p := range w.Policies {
		if c.policy == "" || p.Name == c.policy {
			policies[p.Name] = p
		}
	}
	return policies
}

func (c *comparison) tenant(name string, policies []string, before, after map[string]*residency.Policy) *verdict {
	v := &verdict{name: name}
	for _, policy := range policies {
		p := pair{policy: policy}
		if b := before[policy]; b != nil {
			if p.before = judge(c.before, b, name, c.at, c.now); p.before != nil && p.before.graver(v.before) {
				v.before = p.before
			}
		}
		if a := after[policy]; a != nil {
			if p.after = judge(c.after, a, name, c.at, c.now); p.after != nil && p.after.graver(v.after) {
				v.after = p.after
			}
		}
		if p.before != nil || p.after != nil {
			v.pairs = append(v.pairs, p)
		}
	}
	switch {
	case c.after.Tenant(name) == nil:
		v.change = report.Removed
	case c.before.Tenant(name) == nil && v.after != nil && v.after.state == cleared:
		v.change = report.NewlyClear
	default:
		v.change = changeOf(v.before, v.after)
	}
	return v
}

// changeOf says what happens to a tenant.
func changeOf(before, after *judgement) report.Change {
	b, a := before.stateOrNone(), after.stateOrNone()
	switch {
	case b == a:
		return same(before, after)
	case b == exempted && before.decision.Verdict == after.verdictOrClear() && a > exempted:
		return report.NoLongerExempted
	case a == restricted:
		return report.NewlyRestricted
	case a == indeterminate, a == unidentified:
		return report.NewlyIndeterminate
	case a == exempted:
		return report.NewlyExempted
	case b > cleared:
		return report.NewlyClear
	default:
		return report.StillClear
	}
}

// same is the change of a tenant about whom the same is found out.
func same(before, after *judgement) report.Change {
	if !before.actsAs(after) {
		return report.ActionChanged
	}
	switch after.stateOrNone() {
	case restricted:
		return report.StillRestricted
	case indeterminate, unidentified:
		return report.StillIndeterminate
	case exempted:
		return report.StillExempted
	default:
		return report.StillClear
	}
}

func (j *judgement) stateOrNone() state {
	if j == nil {
		return uncovered
	}
	return j.state
}

func (j *judgement) verdictOrClear() residency.Verdict {
	if j == nil {
		return residency.Clear
	}
	return j.decision.Verdict
}

// told is the tenant as the report has it.
func (v *verdict) told(c *comparison, counts report.Counts) report.Tenant {
	t := report.Tenant{
		Name: v.name, Change: v.change,
		DisplayName: c.displayName(v.name), AnnualValue: c.value(v.name),
		Before: v.before.side(), After: v.after.side(),
		Counts: counts, Policies: make([]report.Pair, 0, len(v.pairs)),
	}
	for _, p := range v.pairs {
		one := report.Pair{Policy: p.policy}
		if p.before != nil {
			side := p.before.side()
			one.Before = &side
		}
		if p.after != nil {
			side := p.after.side()
			one.After = &side
		}
		t.Policies = append(t.Policies, one)
	}
	return t
}

func (c *comparison) displayName(name string) string {
	for _, w := range []*world.View{c.after, c.before} {
		if t := w.Tenant(name); t != nil {
			return t.DisplayName
		}
	}
	return ""
}

// value is what the tenant pays a year: as it would be, if that is known.
func (c *comparison) value(name string) *money.Amount {
	for _, w := range []*world.View{c.after, c.before} {
		if w.Tenant(name) != nil {
			return w.AnnualValue(name)
		}
	}
	return nil
}
