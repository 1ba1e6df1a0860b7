package controllers

import (
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// maxTenantPolicies bounds how many policies domicile_tenants names.
const maxTenantPolicies = 128

// Metrics are the metrics of this package. No label has a value that users
// choose, but for the names of policies in domicile_tenants, which are bounded.
type Metrics struct {
	buildSeconds  prometheus.Histogram
	publishedAt   prometheus.Gauge
	revision      *family              // by revision: one
	backlog       backlog              // behind a gauge
	heartbeat     prometheus.Gauge     // of the snapshot builder
	objects       *prometheus.GaugeVec // by kind
	problems      *prometheus.GaugeVec // by kind
	ready         *family              // by kind and reason
	waiting       waiting              // for their status
	tenants       *family              // by policy and verdict
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
		revision: newFamily("domicile_snapshot_info",
			"1 for the revision of the snapshot that admission decides from: replicas that know the same have the same revision.", "revision"),
		heartbeat: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "domicile_snapshot_heartbeat_timestamp_seconds",
			Help: "When the builder of snapshots last showed that it is alive; every few seconds, also when nothing changes.",
		}),
		objects: gauges("domicile_snapshot_objects", "Objects in the snapshot.", "kind"),
		problems: gauges("domicile_snapshot_problems",
			"Policies that cannot be compiled, and contradictions in the ownership data.", "kind"),
		ready: newFamily("domicile_objects",
			"Objects by kind and by the reason of their condition Ready. Only the leader reports this.", "kind", "reason"),
		tenants: newFamily("domicile_tenants",
			"Tenants by policy and verdict, for the first 128 policies by name; the others are summed up under an empty name. Only the leader reports this.",
			"policy", "verdict"),
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
			Help: "When the least recently refreshed register was last read from its source; 0 without registers.",
		}),
		registerLoads: counters("domicile_register_loads_total", "Attempts to load a register.", "result"),
		registerSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "domicile_register_load_duration_seconds",
			Help:    "How long an attempt to load a register takes.",
			Buckets: prometheus.ExponentialBuckets(0.01, 4, 10), // 10 ms to 44 min
		}),
	}
	pending := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "domicile_snapshot_pending_timestamp_seconds",
		Help: "When the oldest change that is not in the snapshot yet was noticed; 0 if there is none.",
	}, m.backlog.seconds)
	statusWaiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "domicile_status_waiting",
		Help: "Objects whose status may have to be written, at a bounded rate. Only the leader reports this.",
	}, m.waiting.count)
	for _, c := range []prometheus.Collector{
		m.buildSeconds, m.publishedAt, m.revision, pending, m.heartbeat, m.objects, m.problems, m.ready, m.tenants,
		m.liveReads, m.restored, m.certExpiresAt, statusWaiting,
		m.registersBy, m.registerOldest, m.registerLoads, m.registerSeconds,
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	m.begin()
	return m, nil
}

// begin makes the counters 0 of which alerts want to see the first increase.
func (m *Metrics) begin() {
	for _, change := range []string{"edited", "deleted"} {
		m.restored.WithLabelValues(change)
	}
	for _, result := range []string{"success", "error"} {
		m.liveReads.WithLabelValues(result)
	}
	for _, result := range []string{"loaded", "unchanged", "canceled"} {
		m.registerLoads.WithLabelValues(result)
	}
	for _, result := range registerResults {
		m.registerLoads.WithLabelValues(result)
	}
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func (m *Metrics) published(before, s *snapshot.Snapshot, at time.Time) {
	invalid := 0
	for _, p := range s.Policies {
		if p.Invalid != "" {
			invalid++
		}
	}
	m.publishedAt.Set(timestamp(at))
	m.revision.replace([]sample{{1, []string{s.Revision}}})
	m.objects.WithLabelValues("TenantPolicy").Set(float64(s.Objects.Policies.Len()))
	m.objects.WithLabelValues("Tenant").Set(float64(s.Objects.Tenants.Len()))
	m.objects.WithLabelValues("LegalEntity").Set(float64(s.Objects.Entities.Len()))
	m.objects.WithLabelValues("TenantExemption").Set(float64(s.Objects.Exemptions.Len()))
	m.problems.WithLabelValues("TenantPolicy").Set(float64(invalid))
	if before == nil || before.Graph != s.Graph {
		m.problems.WithLabelValues("Ownership").Set(float64(len(s.Graph.Problems())))
	}
}

func (m *Metrics) liveRead(err error) {
	if err != nil {
		m.liveReads.WithLabelValues("error").Inc()
		return
	}
	m.liveReads.WithLabelValues("success").Inc()
}

// planned counts objects by kind and reason, and tenants by policy and verdict.
// What is no more is dropped.
func (m *Metrics) planned(p *planned, t *tally) {
	m.ready.replace(readySamples(p, t))
	verdicts := make(map[string]verdictCounts, len(p.policies))
	for name := range p.policies {
		verdicts[name] = t.impactOf(name).verdicts
	}
	m.tenants.replace(tenantSamples(verdicts))
}

// waiting knows how long the queue of status is. The zero value is none.
type waiting struct{ queue atomic.Pointer[func() int] }

func (w *waiting) count() float64 {
	if length := w.queue.Load(); length != nil {
		return float64((*length)())
	}
	return 0
}

// tenantSamples has every verdict of every policy, also those that no tenant has.
func tenantSamples(byPolicy map[string]verdictCounts) []sample {
	var rest verdictCounts
	names := slices.Sorted(maps.Keys(byPolicy))
	samples := make([]sample, 0, len(rest)*(min(len(names), maxTenantPolicies)+1))
	add := func(policy string, counts verdictCounts) {
		for verdict, n := range counts {
			samples = append(samples, sample{float64(n), []string{policy, residency.Verdict(verdict).String()}})
		}
	}
	for i, name := range names {
		if i < maxTenantPolicies {
			add(name, byPolicy[name])
			continue
		}
		for verdict, n := range byPolicy[name] {
			rest[verdict] += n
		}
	}
	if len(names) > maxTenantPolicies {
		add("", rest)
	}
	return samples
}
