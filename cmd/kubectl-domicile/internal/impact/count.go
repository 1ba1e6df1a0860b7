package impact

import (
	"slices"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// counter counts what runs, of the tenants and besides.
type counter struct {
	*comparison

	verdicts map[string]*verdict
	tenants  map[string]*report.Counts
	others   report.Others
}

func newCounter(c *comparison, verdicts map[string]*verdict) *counter {
	return &counter{comparison: c, verdicts: verdicts, tenants: map[string]*report.Counts{}}
}

// both is the later world, with an eye for what either is about.
func (c *comparison) both() *snapshot.Snapshot {
	s := *c.after.Snapshot
	before, after := c.before.Snapshot, c.after.Snapshot
	s.APIKeyNames = union(before.APIKeyNames, after.APIKeyNames)
	s.APIGroups = union(before.APIGroups, after.APIGroups)
	s.Concerns = func(o *residency.Object) bool { return before.IsAbout(o) || after.IsAbout(o) }
	return &s
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// visit counts an object: with its tenant, if a policy that covers it finds
// anything out about the tenant before or after; else if another thing is done
// with it.
func (c *counter) visit(f *scan.Found) error {
	counts := countsOf(f)
	if counts == (report.Counts{}) {
		return nil
	}
	before := c.ofPolicies(residency.Decide(&c.before.World, f.Object, c.at).Decisions)
	after := c.ofPolicies(f.Decisions)
	v := c.verdicts[f.Tenant]
	switch {
	case v == nil:
		if action(before) != action(after) {
			c.others.Unidentified.Add(counts)
		}
	case v.change.Listed():
		if finds(before) || finds(after) {
			c.add(f.Tenant, counts)
		}
	case action(before) != action(after):
		c.others.Named.Add(counts)
	case finds(after):
		c.add(f.Tenant, counts)
	}
	return nil
}

func (c *counter) add(tenant string, counts report.Counts) {
	if c.tenants[tenant] == nil {
		c.tenants[tenant] = &report.Counts{}
	}
	c.tenants[tenant].Add(counts)
}

func (c *counter) of(tenant string) report.Counts {
	if counts := c.tenants[tenant]; counts != nil {
		return *counts
	}
	return report.Counts{}
}

// countsOf is what an object counts as. A Namespace runs nothing, and what
// another workload made is counted with that.
func countsOf(f *scan.Found) report.Counts {
	counts := report.Counts{GPUs: f.GPUs}
	switch {
	case f.Resource.Group == "" && f.Resource.Resource == "namespaces":
	case f.Resource.Group == "" && f.Resource.Resource == "secrets":
		counts.APIKeys = 1
	case f.Maker == "":
		counts.Workloads = 1
	}
	return counts
}

// ofPolicies leaves out the refusals that no policy is needed for, and what is
// not asked about.
func (c *counter) ofPolicies(decisions []residency.Decision) []residency.Decision {
	return slices.DeleteFunc(slices.Clone(decisions), func(d residency.Decision) bool {
		return d.Policy == "" || c.policy != "" && d.Policy != c.policy
	})
}

// finds says whether anything is found out.
func finds(decisions []residency.Decision) bool {
	return slices.ContainsFunc(decisions, func(d residency.Decision) bool { return d.Verdict != residency.Clear })
}

// action is the strictest once every policy is effective.
func action(decisions []residency.Decision) residency.Action {
	strictest := residency.Allow
	for _, d := range decisions {
		one := d.Action
		if !d.EffectiveFrom.IsZero() {
			one = d.Then
		}
		strictest = min(strictest, one)
	}
	return strictest
}
