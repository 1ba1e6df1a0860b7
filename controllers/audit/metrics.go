package audit

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/internal/scan"
)

// The scopes of scans, in metrics.
const (
	scopeCluster = "Cluster"
	scopeTenant  = "Tenant"
)

// The reasons for failures, in metrics, besides those of gaps.
const (
	failureScan   = "Scan"
	failureReport = "Report"
	failureStatus = "Status"
)

// metrics are the metrics of this package. Only the leader reports anything.
type metrics struct {
	seconds     *prometheus.HistogramVec // by scope
	findings    *prometheus.GaugeVec     // by verdict and result
	lastSuccess prometheus.Gauge
	requests    prometheus.Counter
	objects     prometheus.Counter
	failures    *prometheus.CounterVec // by reason
	reports     *prometheus.GaugeVec   // by scope
	leftOut     prometheus.Gauge
	missing     prometheus.Gauge
	held        prometheus.Counter
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "domicile_audit_duration_seconds",
			Help: "How long it takes to go over the whole cluster (Cluster), or over the namespaces that a change concerns (Tenant).",
			// 10 ms to 11 min
			Buckets: prometheus.ExponentialBuckets(0.01, 4, 9),
		}, []string{"scope"}),
		findings: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_audit_findings",
			Help: "Objects that violate a policy, by verdict (Refused: violations that need no policy, such as a wrong claim) and by result as in reports.",
		}, []string{"verdict", "result"}),
		lastSuccess: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_audit_last_success_timestamp_seconds",
			Help: "When the latest complete audit of the whole cluster ended; 0 if there was none.",
		}),
		requests: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "domicile_audit_requests_total",
			Help: "Requests to the API server that the audit made.",
		}),
		objects: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "domicile_audit_objects_total",
			Help: "Objects that the audit decided about.",
		}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "domicile_audit_failures_total",
			Help: "What the audit could not do: finish a scan (Scan), write a report or status (Report, Status), or see a resource (Forbidden, Discovery, Failed).",
		}, []string{"reason"}),
		reports: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_reports",
			Help: "Reports that exist, for namespaces (Namespace) and for cluster-scoped objects (Cluster).",
		}, []string{"scope"}),
		leftOut: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_reports_left_out_results",
			Help: "Results that did not fit into their report.",
		}),
		missing: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_reports_missing_crds",
			Help: "1 if reports cannot be written because their CustomResourceDefinitions are not installed.",
		}),
		held: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "domicile_audit_held_events_total",
			Help: "Events about new findings that were held back until a later scan because there were too many.",
		}),
	}
	for _, reason := range []string{
		failureScan, failureReport, failureStatus, string(scan.GapForbidden), string(scan.GapDiscovery), string(scan.GapFailed),
	} {
		m.failures.WithLabelValues(reason)
	}
	return m, metric.Register(r,
		m.seconds, m.findings, m.lastSuccess, m.requests, m.objects, m.failures, m.reports, m.leftOut, m.missing, m.held,
	)
}

// scanned takes in what a scan took.
func (m *metrics) scanned(scope string, took time.Duration, s scan.Stats, err error) {
	m.requests.Add(float64(s.Requests))
	m.objects.Add(float64(s.Objects))
	for _, gap := range s.Gaps {
		if gap.Reason == scan.GapUngranted {
			continue // domicile_found_kinds tells of these
		}
		m.failures.WithLabelValues(string(gap.Reason)).Inc()
	}
	if err != nil {
		m.failures.WithLabelValues(failureScan).Inc()
		return
	}
	m.seconds.WithLabelValues(scope).Observe(took.Seconds())
}

func (m *metrics) reportsAre(namespaces, cluster int, missing bool) {
	m.reports.WithLabelValues("Namespace").Set(float64(namespaces))
	m.reports.WithLabelValues("Cluster").Set(float64(cluster))
	m.missing.Set(0)
	if missing {
		m.missing.Set(1)
	}
}

// found counts the findings. Kinds that there are no more are dropped.
func (m *metrics) found(summaries map[string]*summary) {
	kinds, left := map[kind]int{}, 0
	for _, s := range summaries {
		for k, n := range s.kinds {
			kinds[k] += n
		}
		left += max(s.findings.total()-maxResults, 0)
	}
	m.findings.Reset()
	for k, n := range kinds {
		m.findings.WithLabelValues(k.verdict, k.result).Set(float64(n))
	}
	m.leftOut.Set(float64(left))
}
