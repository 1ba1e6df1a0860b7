package metric

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Family is a gauge whose series are replaced all at once. A GaugeVec that is
// reset and filled again can be read in between: restricted tenants would seem
// to be gone for a moment, and alerts with them.
type Family struct {
	desc *prometheus.Desc

	mu     sync.Mutex
	series []prometheus.Metric
}

// Sample is one series of a Family.
type Sample struct {
	Value float64
	// Labels are the values of the labels, in the order of their names.
	Labels []string
}

// NewFamily makes a family without a series.
func NewFamily(name, help string, labels ...string) *Family {
	return &Family{desc: prometheus.NewDesc(name, help, labels, nil)}
}

// Describe is part of prometheus.Collector.
func (f *Family) Describe(to chan<- *prometheus.Desc) { to <- f.desc }

// Collect is part of prometheus.Collector.
func (f *Family) Collect(to chan<- prometheus.Metric) {
	f.mu.Lock()
	series := f.series
	f.mu.Unlock()
	for _, s := range series {
		to <- s
	}
}

// Replace drops every series and has these instead.
func (f *Family) Replace(samples []Sample) {
	series := make([]prometheus.Metric, 0, len(samples))
	for _, s := range samples {
		m, err := prometheus.NewConstMetric(f.desc, prometheus.GaugeValue, s.Value, s.Labels...)
		if err != nil { // a label is not UTF-8: say so instead of the value
			m = prometheus.NewInvalidMetric(f.desc, err)
		}
		series = append(series, m)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.series = series
}
