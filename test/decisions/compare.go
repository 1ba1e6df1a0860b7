package decisions

import (
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Diff compares what a runner got with what the case expects and returns ""
// if they agree. A message, path or part of an exemption that the case does not give may be
// anything; no decisions and an empty list of them are the same.
func Diff(want, got []Result) string {
	return cmp.Diff(want, mask(want, got), cmpopts.EquateEmpty())
}

// maskExemptions returns got without the fields that want does not give.
func maskExemptions(want, got []Exemption) []Exemption {
	masked := make([]Exemption, len(got))
	for i, e := range got {
		masked[i].Name = e.Name
		if i >= len(want) {
			continue
		}
		if want[i].Tenant != "" {
			masked[i].Tenant = e.Tenant
		}
		if want[i].Reference != "" {
			masked[i].Reference = e.Reference
		}
		if want[i].ExpiresAt != "" {
			masked[i].ExpiresAt = e.ExpiresAt
		}
	}
	return masked
}

// mask returns got without the messages, paths and parts of exemptions that want does
// not give.
func mask(want, got []Result) []Result {
	masked := make([]Result, len(got))
	for i, result := range got {
		decisions := make([]Decision, len(result.Decisions))
		for j, decision := range result.Decisions {
			wanted := Decision{}
			if i < len(want) && j < len(want[i].Decisions) {
				wanted = want[i].Decisions[j]
			}
			if wanted.Message == "" {
				decision.Message = ""
			}
			if wanted.Path == nil {
				decision.Path = nil
			}
			decision.Exemptions = maskExemptions(wanted.Exemptions, decision.Exemptions)
			decisions[j] = decision
		}
		result.Decisions = decisions
		masked[i] = result
	}
	return masked
}
