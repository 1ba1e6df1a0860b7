package registers

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/metric"
)

// results are the results of loads that failed, by the reason of the condition.
var results = map[string]string{
	v1alpha1.ReasonFetchFailed:      "fetch_failed",
	v1alpha1.ReasonChecksumMismatch: "checksum_mismatch",
	v1alpha1.ReasonUnreadable:       "unreadable",
	v1alpha1.ReasonTooManyRefused:   "too_many_refused",
}

// metrics are the metrics of this package. No label has a value that users choose.
type metrics struct {
	registers *prometheus.GaugeVec // by state
	oldest    prometheus.Gauge
	loads     *prometheus.CounterVec // by result
	seconds   prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		registers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_registers",
			Help: "OwnershipRegisters by what this replica has of them: Loaded (as declared), Stale (the last attempt failed) or Missing.",
		}, []string{"state"}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_registers_oldest_success_timestamp_seconds",
			Help: "When the least recently refreshed register was last read from its source; 0 without registers.",
		}),
		loads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_register_loads_total",
			Help: "Attempts to load a register.",
		}, []string{"result"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "domicile_register_load_duration_seconds",
			Help:    "How long an attempt to load a register takes.",
			Buckets: prometheus.ExponentialBuckets(0.01, 4, 10), // 10 ms to 44 min
		}),
	}
	for _, result := range []string{"loaded", "unchanged", "canceled"} { // alerts want to see the first increase
		m.loads.WithLabelValues(result)
	}
	for _, result := range results {
		m.loads.WithLabelValues(result)
	}
	return m, metric.Register(r, m.registers, m.oldest, m.loads, m.seconds)
}

func (m *metrics) load(result string, took time.Duration) {
	m.loads.WithLabelValues(result).Inc()
	m.seconds.Observe(took.Seconds())
}

func (m *metrics) states(states map[string]*state) {
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
	m.registers.WithLabelValues("Loaded").Set(float64(loaded))
	m.registers.WithLabelValues("Stale").Set(float64(stale))
	m.registers.WithLabelValues("Missing").Set(float64(missing))
	if oldest.IsZero() {
		m.oldest.Set(0)
		return
	}
	m.oldest.Set(metric.Timestamp(oldest))
}
