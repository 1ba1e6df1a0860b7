package suspension

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Metrics are the metrics of suspension. Only the leader reports the gauges. No
// label has a value that users choose.
type Metrics struct {
	objects    *prometheus.GaugeVec   // by state
	operations *prometheus.CounterVec // by operation, kind and result
	breaker    prometheus.Gauge
}

// NewMetrics makes the metrics and registers them.
func NewMetrics(r prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		objects: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_suspension_objects",
			Help: "Objects that are Suspended, Pending (still to be suspended or given back) or Failed (cannot be). Only the leader reports this.",
		}, []string{"state"}),
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_suspension_operations_total",
			Help: "Writes to suspend objects or to give them back.",
		}, []string{"operation", "kind", "result"}),
		breaker: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_suspension_circuit_breaker_open",
			Help: "1 while the circuit breaker is open: more tenants would be suspended than is allowed without a confirmation, so nothing more is suspended. Only the leader reports this.",
		}),
	}
	return m, metric.Register(r, m.objects, m.operations, m.breaker)
}

// kindLabel is the value of the label kind: those of Kubernetes by name, all
// others are Other.
func kindLabel(r schema.GroupResource) string {
	for _, k := range slices.Concat(kinds.Workloads(), kinds.Autoscalers(), []kinds.Kind{kinds.Secret}) {
		if translate.KindResource(&k).GroupResource() == r && !strings.Contains(k.Group, ".") {
			return k.Kind
		}
	}
	return "Other"
}

func (m *Metrics) operated(k key, out outcome, err error) {
	kind := kindLabel(k.resource.GroupResource())
	result := "Success"
	switch {
	case err != nil:
		result = "Error"
	case out.refused:
		result = "Refused"
	case out.conflict:
		result = "Conflict"
	}
	m.operations.WithLabelValues(string(out.operation), kind, result).Inc()
}

func (m *Metrics) count(entries []entry, open bool) {
	states := map[string]float64{"Suspended": 0, "Pending": 0, "Failed": 0}
	for _, e := range entries {
		switch e.state {
		case inPlace:
			states["Suspended"]++
		case failed:
			states["Failed"]++
		default:
			states["Pending"]++
		}
	}
	for state, n := range states {
		m.objects.WithLabelValues(state).Set(n)
	}
	m.breaker.Set(0)
	if open {
		m.breaker.Set(1)
	}
}
