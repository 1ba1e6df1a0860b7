package decisions

import (
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Diff compares what a runner got with what the case expects and returns ""
// if they agree. A message or path that the case does not give may be
// anything; no decisions and an empty list of them are the same.
func Diff(want, got []Result) string {
	return cmp.Diff(want, mask(want, got), cmpopts.EquateEmpty())
}

// mask returns got without the messages and paths that want does not give.
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
			decisions[j] = decision
		}
		result.Decisions = decisions
		masked[i] = result
	}
	return masked
}
