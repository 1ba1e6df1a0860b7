package controllers

import (
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// registerResults are the results of loads that failed, by the reason of the
// condition.
var registerResults = map[string]string{
	v1alpha1.ReasonFetchFailed:      "fetch_failed",
	v1alpha1.ReasonChecksumMismatch: "checksum_mismatch",
	v1alpha1.ReasonUnreadable:       "unreadable",
	v1alpha1.ReasonTooManyRefused:   "too_many_refused",
}

func (m *Metrics) registerLoad(result string, took time.Duration) {
	m.registerLoads.WithLabelValues(result).Inc()
	m.registerSeconds.Observe(took.Seconds())
}

func (m *Metrics) registers(states map[string]*registerState) {
	loaded, stale, missing := 0, 0, 0
	var oldest time.Time
	for _, s := range states {
		switch {
		case s.inUse == nil:
			missing++
			continue
		case s.failure != nil || len(s.invalid) > 0:
			stale++
		default:
			loaded++
		}
		if oldest.IsZero() || s.inUse.LoadedAt.Before(oldest) {
			oldest = s.inUse.LoadedAt
		}
	}
	m.registersBy.WithLabelValues("Loaded").Set(float64(loaded))
	m.registersBy.WithLabelValues("Stale").Set(float64(stale))
	m.registersBy.WithLabelValues("Missing").Set(float64(missing))
	if oldest.IsZero() {
		m.registerOldest.Set(0)
		return
	}
	m.registerOldest.Set(timestamp(oldest))
}
