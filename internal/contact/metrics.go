package contact

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	ageDesc = prometheus.NewDesc("domicile_contact_age_seconds",
		"How long it has not been proven that this replica knows a kind as it stands; without a value until it was proven once.", []string{"kind"}, nil)
	boundDesc = prometheus.NewDesc("domicile_contact_bound_seconds",
		"The age of a proof beyond which this replica refuses to decide.", nil, nil)
)

// Register adds the metrics. The kinds are the only values of their label.
func (c *Contact) Register(r prometheus.Registerer) error {
	if err := r.Register(collector{c}); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	return nil
}

// collector is a Contact as Prometheus sees it.
type collector struct{ *Contact }

// Describe is part of prometheus.Collector.
func (c collector) Describe(to chan<- *prometheus.Desc) {
	to <- ageDesc
	to <- boundDesc
}

// Collect is part of prometheus.Collector.
func (c collector) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(boundDesc, prometheus.GaugeValue, c.bound.Seconds())
	c.mu.Lock()
	kinds := slices.Concat(c.watched, c.followed)
	c.mu.Unlock()
	now, oldest := c.clock.Now(), map[string]time.Time{}
	for _, k := range kinds {
		proven, _ := k.proofs.latest()
		if known, ok := oldest[k.name]; !ok || proven.Before(known) {
			oldest[k.name] = proven
		}
	}
	for name, proven := range oldest {
		if !proven.IsZero() {
			to <- prometheus.MustNewConstMetric(ageDesc, prometheus.GaugeValue, now.Sub(proven).Seconds(), name)
		}
	}
}
