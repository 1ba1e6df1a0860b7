package report

import (
	"slices"
	"time"
)

// Samples are how long something took, several times.
type Samples []time.Duration

// Quantile is the least sample that is not below the share p of all; 0 without
// samples.
func (s Samples) Quantile(p float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	rank := int(p*float64(len(s))+0.999999) - 1
	return sorted[min(max(rank, 0), len(s)-1)]
}
