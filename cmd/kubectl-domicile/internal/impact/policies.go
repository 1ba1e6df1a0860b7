package impact

import (
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/residency"
)

// byPolicy says what each policy finds out by itself: those that the change has,
// and those of which it changes.
func byPolicy(verdicts map[string]*verdict, before, after map[string]*residency.Policy, steps []world.Step) []report.Policy {
	all := map[string]*report.Policy{}
	for name := range before {
		all[name] = &report.Policy{Policy: name, Before: &report.Found{}}
	}
	for name := range after {
		if all[name] == nil {
			all[name] = &report.Policy{Policy: name}
		}
		all[name].After = &report.Found{}
	}
	for _, v := range verdicts {
		for _, p := range v.pairs {
			found(all[p.policy].Before, p.before)
			found(all[p.policy].After, p.after)
		}
	}
	told := []report.Policy{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := all[name]
		given := slices.ContainsFunc(steps, func(s world.Step) bool { return s.Kind == "TenantPolicy" && s.Name == name })
		if given || p.Before == nil || p.After == nil || *p.Before != *p.After {
			told = append(told, *p)
		}
	}
	return told
}

func found(f *report.Found, j *judgement) {
	if j == nil {
		return
	}
	switch j.state {
	case restricted:
		f.Restricted++
	case exempted:
		f.Exempted++
	case cleared:
		f.Clear++
	case indeterminate:
		f.Indeterminate++
	case uncovered, unidentified: // nobody is there
	}
}
