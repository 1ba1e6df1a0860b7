package controllers

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// family is a gauge whose series are replaced all at once. A GaugeVec that is
// reset and filled again can be read in between: restricted tenants would seem
// to be gone for a moment, and alerts with them.
type family struct {
	desc *prometheus.Desc

	mu     sync.Mutex
	series []prometheus.Metric
}

// sample is one series of a family.
type sample struct {
	value  float64
	labels []string
}

func newFamily(name, help string, labels ...string) *family {
	return &family{desc: prometheus.NewDesc(name, help, labels, nil)}
}

// Describe is part of prometheus.Collector.
func (f *family) Describe(to chan<- *prometheus.Desc) { to <- f.desc }

// Collect is part of prometheus.Collector.
func (f *family) Collect(to chan<- prometheus.Metric) {
	f.mu.Lock()
	series := f.series
	f.mu.Unlock()
	for _, s := range series {
		to <- s
	}
}

// replace drops every series and has these instead.
func (f *family) replace(samples []sample) {
	series := make([]prometheus.Metric, 0, len(samples))
	for _, s := range samples {
		m, err := prometheus.NewConstMetric(f.desc, prometheus.GaugeValue, s.value, s.labels...)
		if err != nil { // a label is not UTF-8: say so instead of the value
			m = prometheus.NewInvalidMetric(f.desc, err)
		}
		series = append(series, m)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.series = series
}
