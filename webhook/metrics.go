package webhook

import (
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/residency"
)

// metrics count what is decided. Every label has a closed set of values: no
// name that a user can choose is one.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	exempted *prometheus.CounterVec
	replaced *prometheus.CounterVec
	unread   *prometheus.CounterVec
}

func newMetrics(registerer prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_admission_requests_total",
			Help: "Admission requests by operation and by the verdict, action and reason of the strictest decision.",
		}, []string{"operation", "verdict", "action", "reason"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "domicile_admission_duration_seconds",
			Help:    "Time from the arrival of an admission request to its answer, by action.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"action"}),
		exempted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_admission_exempted_total",
			Help: "Admission requests in which a TenantExemption set a finding aside, by operation and action of the answer.",
		}, []string{"operation", "action"}),
		replaced: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_admission_replaced_total",
			Help: "Pods that were admitted only because they take the place of one that ran, by the kind of what they are made for.",
		}, []string{"kind"}),
		unread: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_admission_unread_total",
			Help: "Admission requests that were answered with an HTTP error, by why they were not read: there was no room for them (Busy), they are too large (TooLarge), or they are no reviews (Malformed).",
		}, []string{"reason"}),
	}
	for _, k := range kinds.Workloads() {
		if k.Controller != "" {
			m.replaced.WithLabelValues(k.Kind)
		}
	}
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusRequestEntityTooLarge, http.StatusBadRequest} {
		m.unread.WithLabelValues(unreadReason(status))
	}
	// Alerts want to see the first increase of these.
	for _, o := range []admissionv1.Operation{admissionv1.Create, admissionv1.Update, admissionv1.Delete, ""} {
		m.requests.WithLabelValues(operationLabel(o), none, residency.Deny.String(), failed)
		for _, action := range []residency.Action{residency.Deny, residency.Warn, residency.Audit, residency.Allow} {
			m.exempted.WithLabelValues(operationLabel(o), action.String())
		}
	}
	return m, errors.Join(registerer.Register(m.requests), registerer.Register(m.duration), registerer.Register(m.exempted), registerer.Register(m.replaced), registerer.Register(m.unread))
}

func (m *metrics) observe(r *request, o *outcome, s summary, took time.Duration) {
	m.requests.WithLabelValues(operationLabel(r.Operation), s.verdict, s.action, s.reason).Inc()
	m.duration.WithLabelValues(s.action).Observe(took.Seconds())
	if len(exemptionsOf(o.decisions)) > 0 {
		m.exempted.WithLabelValues(operationLabel(r.Operation), s.action).Inc()
	}
	if o.replaces != "" {
		m.replaced.WithLabelValues(o.replaces).Inc()
	}
}

// unreadReason is the label of an HTTP status.
func unreadReason(status int) string {
	switch status {
	case http.StatusServiceUnavailable:
		return "Busy"
	case http.StatusRequestEntityTooLarge:
		return "TooLarge"
	default:
		return "Malformed"
	}
}

func operationLabel(o admissionv1.Operation) string {
	switch o {
	case admissionv1.Create, admissionv1.Update, admissionv1.Delete:
		return string(o)
	default:
		return "OTHER"
	}
}
