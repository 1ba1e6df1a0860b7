package controllers

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the metrics of this package. No label has a value that users
// choose.
type Metrics struct {
	buildSeconds  prometheus.Histogram
	publishedAt   prometheus.Gauge
	objects       *prometheus.GaugeVec // by kind
	problems      *prometheus.GaugeVec // by kind
	ready         *prometheus.GaugeVec // by kind and reason
	liveReads     *prometheus.CounterVec
	restored      *prometheus.CounterVec
	certExpiresAt *prometheus.GaugeVec

	registersBy     *prometheus.GaugeVec // by state
	registerOldest  prometheus.Gauge
	registerLoads   *prometheus.CounterVec // by result
	registerSeconds prometheus.Histogram
}

// NewMetrics makes the metrics and registers them.
func NewMetrics(r prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		buildSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "domicile_snapshot_build_duration_seconds",
			Help:    "How long it takes to compile a snapshot of policies, tenants and ownership.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8), // 1 ms to 16 s
		}),
		publishedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_snapshot_published_timestamp_seconds",
			Help: "When the snapshot that admission decides from was published.",
		}),
		objects: gauges("domicile_snapshot_objects", "Objects in the snapshot.", "kind"),
		problems: gauges("domicile_snapshot_problems",
			"Policies that cannot be compiled, and contradictions in the ownership data.", "kind"),
		ready: gauges("domicile_objects",
			"Objects by kind and by the reason of their condition Ready. Only the leader reports this.", "kind", "reason"),
		liveReads: counters("domicile_live_reads_total",
			"Tenants that admission read from the API server because they were too new for the snapshot.", "result"),
		restored: counters("domicile_webhook_configuration_restored_total",
			"How often somebody else changed the webhook configuration and it was put back.", "change"),
		certExpiresAt: gauges("domicile_certificate_expiry_timestamp_seconds",
			"When a certificate of the webhook expires.", "certificate"),
		registersBy: gauges("domicile_registers",
			"OwnershipRegisters by what this replica has of them: Loaded (as declared), Stale (the last attempt failed) or Missing.", "state"),
		registerOldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_registers_oldest_success_timestamp_seconds",
			Help: "When the register that was not refreshed for the longest was last given by its source; 0 without registers.",
		}),
		registerLoads: counters("domicile_register_loads_total", "Attempts to load a register.", "result"),
		registerSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "domicile_register_load_duration_seconds",
			Help:    "How long an attempt to load a register takes.",
			Buckets: prometheus.ExponentialBuckets(0.01, 4, 10), // 10 ms to 44 min
		}),
	}
	for _, c := range []prometheus.Collector{
		m.buildSeconds, m.publishedAt, m.objects, m.problems, m.ready, m.liveReads, m.restored, m.certExpiresAt,
		m.registersBy, m.registerOldest, m.registerLoads, m.registerSeconds,
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func (m *Metrics) published(c *compiled, at time.Time) {
	invalid := 0
	for _, p := range c.snapshot.Policies {
		if p.Invalid != "" {
			invalid++
		}
	}
	m.publishedAt.Set(float64(at.UnixMilli()) / 1000)
	m.objects.WithLabelValues("TenantPolicy").Set(float64(len(c.policies)))
	m.objects.WithLabelValues("Tenant").Set(float64(len(c.tenants)))
	m.objects.WithLabelValues("LegalEntity").Set(float64(len(c.entities)))
	m.problems.WithLabelValues("TenantPolicy").Set(float64(invalid))
	m.problems.WithLabelValues("Ownership").Set(float64(len(c.snapshot.Graph.Problems())))
}

func (m *Metrics) liveRead(err error) {
	if err != nil {
		m.liveReads.WithLabelValues("error").Inc()
		return
	}
	m.liveReads.WithLabelValues("success").Inc()
}

// planned counts objects by kind and reason. Reasons that no object has any more
// are dropped.
func (m *Metrics) planned(p *plan) {
	m.ready.Reset()
	for _, o := range p.policies {
		m.ready.WithLabelValues("TenantPolicy", o.ready.reason).Inc()
	}
	for _, o := range p.tenants {
		m.ready.WithLabelValues("Tenant", o.ready.reason).Inc()
	}
	for _, o := range p.entities {
		m.ready.WithLabelValues("LegalEntity", o.ready.reason).Inc()
	}
}
