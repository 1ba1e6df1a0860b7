package webhook

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

func TestAnswersAreCounted(t *testing.T) {
	c := newCluster(t)
	h := c.handler(t)
	registry := prometheus.NewRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	h.metrics = m
	server := serve(t, h)
	for _, request := range []string{
		podsOfCore + "\nnamespace: lantern\nobject: " + pod("", ""),
		podsOfCore + "\nnamespace: lantern\nobject: " + pod("", ""),
		podsOfCore + "\nnamespace: gone\nobject: " + pod("", ""),
		podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + pod("", "") + "\nobject: " + pod("", ""),
	} {
		server.post(t, WorkloadPath, "application/json", bytes.NewReader(reviewOf(t, request)))
	}
	got := map[string]float64{}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			key := family.GetName()
			for _, label := range metric.GetLabel() {
				key += fmt.Sprintf(" %s=%s", label.GetName(), label.GetValue())
			}
			got[key] = metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	want := map[string]float64{
		"domicile_admission_requests_total action=Deny operation=CREATE reason=RestrictedOwner verdict=Restricted": 2,
		"domicile_admission_requests_total action=Deny operation=CREATE reason=Unavailable verdict=None":           1,
		"domicile_admission_requests_total action=Allow operation=UPDATE reason=NoGrowth verdict=None":             1,
		"domicile_admission_duration_seconds action=Deny":                                                          3,
		"domicile_admission_duration_seconds action=Allow":                                                         1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTwoHandlersDoNotShareMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	if _, err := newMetrics(registry); err != nil {
		t.Fatal(err)
	}
	if _, err := newMetrics(registry); err == nil {
		t.Error("the second one is not told that its metrics are taken")
	}
}
