package snapshot

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// metrics are the metrics of this package. No label has a value that users choose.
type metrics struct {
	seconds     prometheus.Histogram
	publishedAt prometheus.Gauge
	revision    *metric.Family       // by revision: one
	backlog     backlog              // behind a gauge
	heartbeat   prometheus.Gauge     // of the builder
	objects     *prometheus.GaugeVec // by kind
	problems    *prometheus.GaugeVec // by kind
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "domicile_snapshot_build_duration_seconds",
			Help:    "How long it takes to compile a snapshot of policies, tenants and ownership.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8), // 1 ms to 16 s
		}),
		publishedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_snapshot_published_timestamp_seconds",
			Help: "When the snapshot that admission decides from was published.",
		}),
		revision: metric.NewFamily("domicile_snapshot_info",
			"1 for the revision of the snapshot that admission decides from: replicas that know the same have the same revision.", "revision"),
		heartbeat: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_snapshot_heartbeat_timestamp_seconds",
			Help: "When the builder of snapshots last showed that it is alive; every few seconds, also when nothing changes.",
		}),
		objects: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_snapshot_objects",
			Help: "Objects in the snapshot.",
		}, []string{"kind"}),
		problems: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_snapshot_problems",
			Help: "Policies that cannot be compiled, and contradictions in the ownership data.",
		}, []string{"kind"}),
	}
	pending := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "domicile_snapshot_pending_timestamp_seconds",
		Help: "When the oldest change that is not in the snapshot yet was noticed; 0 if there is none.",
	}, m.backlog.seconds)
	return m, metric.Register(r, m.seconds, m.publishedAt, m.revision, pending, m.heartbeat, m.objects, m.problems)
}

func (m *metrics) published(before, s *snapshot.Snapshot, at time.Time) {
	invalid := 0
	for _, p := range s.Policies {
		if p.Invalid != "" {
			invalid++
		}
	}
	m.publishedAt.Set(metric.Timestamp(at))
	m.revision.Replace([]metric.Sample{{Value: 1, Labels: []string{s.Revision}}})
	m.objects.WithLabelValues("TenantPolicy").Set(float64(s.Objects.Policies.Len()))
	m.objects.WithLabelValues("Tenant").Set(float64(s.Objects.Tenants.Len()))
	m.objects.WithLabelValues("LegalEntity").Set(float64(s.Objects.Entities.Len()))
	m.objects.WithLabelValues("TenantExemption").Set(float64(s.Objects.Exemptions.Len()))
	m.objects.WithLabelValues("AccessPoint").Set(float64(s.Objects.AccessPoints.Len()))
	m.problems.WithLabelValues("TenantPolicy").Set(float64(invalid))
	if before == nil || before.Graph != s.Graph {
		m.problems.WithLabelValues("Ownership").Set(float64(len(s.Graph.Problems())))
	}
}
