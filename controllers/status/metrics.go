package status

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/controllers/internal/metric"
)

// metrics are the metrics of this package. No label has a value that users choose,
// but for the names of policies in domicile_tenants, which are bounded.
type metrics struct {
	ready   *metric.Family // by kind and reason
	tenants *metric.Family // by policy and verdict
	waiting waiting        // for their status
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		ready: metric.NewFamily("domicile_objects",
			"Objects by kind and by the reason of their condition Ready. Only the leader reports this.", "kind", "reason"),
		tenants: metric.NewFamily("domicile_tenants",
			"Tenants by policy and verdict, for the first 128 policies by name; the others are summed up under an empty name. Only the leader reports this.",
			"policy", "verdict"),
	}
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "domicile_status_waiting",
		Help: "Objects whose status may have to be written, at a bounded rate. Only the leader reports this.",
	}, m.waiting.count)
	return m, metric.Register(r, m.ready, m.tenants, waiting)
}

// planned counts objects by kind and reason, and tenants by policy and verdict.
// What is no more is dropped.
func (m *metrics) planned(p *planned, t *tally) {
	m.ready.Replace(readySamples(p, t))
	verdicts := make(map[string]verdictCounts, len(p.policies))
	for name := range p.policies {
		verdicts[name] = t.impactOf(name).verdicts
	}
	m.tenants.Replace(tenantSamples(verdicts))
}

// waiting knows how long the queue of status is. The zero value is none.
type waiting struct{ queue atomic.Pointer[func() int] }

func (w *waiting) count() float64 {
	if length := w.queue.Load(); length != nil {
		return float64((*length)())
	}
	return 0
}
