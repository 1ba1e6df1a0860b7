package mirror

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/controllers/internal/metric"
)

// metrics tell how far the API servers are behind.
type metrics struct {
	names    prometheus.Gauge
	lag      prometheus.Gauge
	took     prometheus.Histogram
	servers  *prometheus.GaugeVec   // by state
	restored *prometheus.CounterVec // by change
}

// The states of API servers.
const (
	enforcing   = "enforcing"
	behind      = "behind"
	unreachable = "unreachable"
)

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		names: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_mirror_tenants",
			Help: "How many tenants the mirror refuses.",
		}),
		lag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_mirror_lag_seconds",
			Help: "For how long the API servers have not been seen to enforce the mirror as it should be; 0 if they are.",
		}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "domicile_mirror_enforced_seconds",
			Help:    "How long it took from a change until every API server that answers enforced it.",
			Buckets: []float64{0.5, 1, 1.5, 2, 3, 5, 10, 30, 60},
		}),
		servers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_mirror_servers",
			Help: "How many API servers enforce the mirror, are behind, or do not answer.",
		}, []string{"state"}),
		restored: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_mirror_restored_total",
			Help: "How often somebody else changed the mirror and it was put back.",
		}, []string{"change"}),
	}
	for _, change := range []string{edited, deleted} { // alerts want to see the first increase
		m.restored.WithLabelValues(change)
	}
	return m, metric.Register(r, m.names, m.lag, m.took, m.servers, m.restored)
}

// forget takes back what only the leader knows.
func (m *metrics) forget() {
	m.names.Set(0)
	m.lag.Set(0)
	m.servers.Reset()
}
