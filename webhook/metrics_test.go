package webhook

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
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
	got := counted(t, registry)
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

// counted reads all metrics that are not 0.
func counted(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
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
			if n := metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount()); n != 0 {
				got[key] = n
			}
		}
	}
	return got
}

// An alert sees a counter increase only if it was there before.
func TestWhatAlertsLookAtIsThereFromTheBeginning(t *testing.T) {
	registry := prometheus.NewRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]int{}
	for _, family := range families {
		before[family.GetName()] = len(family.GetMetric())
	}
	want := map[string]int{"domicile_admission_requests_total": 4, "domicile_admission_exempted_total": 16,
		"domicile_admission_replaced_total": 5, "domicile_admission_unread_total": 3}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, o := range []admissionv1.Operation{admissionv1.Create, admissionv1.Update, admissionv1.Delete, admissionv1.Connect} {
		failed := outcome{failure: errNotReady}
		m.observe(&request{Operation: o}, &failed, summarize(&failed), time.Second)
	}
	for key := range counted(t, registry) {
		if strings.HasPrefix(key, "domicile_admission_requests_total") && !strings.Contains(key, "reason=Unavailable") {
			t.Errorf("a failure is counted as %s", key)
		}
	}
	if families, err = registry.Gather(); err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if n := len(family.GetMetric()); family.GetName() == "domicile_admission_requests_total" && n != 4 {
			t.Errorf("%d series after failures of every operation, want the four that were there", n)
		}
	}
}

// Whatever a request is called, from where and by whom, no name of it is counted.
func TestNoLabelHasANameThatUsersChoose(t *testing.T) {
	const hostile = "hostile-name"
	c := newCluster(t)
	h := c.handler(t)
	registry := prometheus.NewRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	h.metrics = m
	server := serve(t, h)
	annotated := `{metadata: {name: hostile-name, namespace: hostile-name, annotations: {domicile.dev/tenant: hostile-name, domicile.dev/owner: "HOSTILE:hostile-name"}}}`
	for _, request := range []string{
		podsOfCore + "\nnamespace: hostile-name\nobject: " + annotated,
		podsOfCore + "\nnamespace: lantern\nobject: " + annotated,
		podsOfCore + "\noperation: hostile-name\nnamespace: lantern\nobject: " + annotated,
		podsOfCore + "\noperation: DELETE\nnamespace: hostile-name\noldObject: " + annotated,
		podsOfCore + "\nsubResource: hostile-name\nnamespace: hostile-name\nobject: " + annotated,
	} {
		server.post(t, WorkloadPath, "application/json", bytes.NewReader(reviewOf(t, request)))
	}
	got := counted(t, registry)
	for key := range got {
		if strings.Contains(strings.ToLower(key), hostile) {
			t.Errorf("%s", key)
		}
	}
	if len(got) < 4 {
		t.Errorf("too little happened for this test to mean anything: %v", got)
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
