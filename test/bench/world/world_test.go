package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/bench/report"
)

// The measurement itself, where it takes seconds: it starts managers on a real
// API server and sees every change there and back.
func TestRun(t *testing.T) {
	store := filepath.Join(t.TempDir(), "bin", "bench-world.json")
	args := []string{
		"-tenants", "200", "-entities", "100", "-register", "gleif", "-parties", "2000",
		"-changes", "2", "-stream", "1s", "-status", "5s", "-store", store,
	}
	var out strings.Builder
	if err := run(t.Context(), args, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"200 tenants, with a register", "start to ready, leader", "RSS, follower",
		"admission in a stream of changes (leader): p99", "LegalEntity changed (follower): p99", "Tenant changed (leader): p50",
		"TenantExemption changed (leader): p99", "policy changed (leader): p99", "register refreshed (follower): p99",
		"policy added (leader): p99", "policy removed (leader): p99", "new policy: counts in its status",
		"one Tenant changed meanwhile → its status: p99",
	} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row about %q in\n%s", row, &out)
		}
	}
}

func TestOneChangeIsComparedWithTheSmallestSize(t *testing.T) {
	t.Parallel()
	rows := func(factor float64) (rows []report.Row) {
		for _, name := range []string{
			"LegalEntity changed (leader): p50", "Tenant changed (follower): CPU for each, leader",
			"LegalEntity changed (leader): p99", "Tenant changed (follower): CPU for each, follower and questions",
			"policy changed (leader): p50", "Tenants created by requests, each",
		} {
			rows = append(rows, report.Row{Name: name, Value: 10 * factor})
		}
		return rows
	}
	b := &bench{rows: rows(1), smallest: map[bool]map[string]float64{}}
	b.compare(false)
	if diff := cmp.Diff(rows(1), b.rows); diff != "" {
		t.Errorf("the smallest size has nothing to compare with (-want +got):\n%s", diff)
	}
	b.smallest[false] = report.Values(b.rows)
	b.rows = rows(3)
	b.compare(false)
	want := append(rows(3),
		report.Row{Name: "LegalEntity changed (leader): p50, beside the smallest size", Value: 3, Unit: report.Ratio, Aim: 2},
		report.Row{Name: "Tenant changed (follower): CPU for each, leader, beside the smallest size", Value: 3, Unit: report.Ratio, Aim: 2},
	)
	if diff := cmp.Diff(want, b.rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestFlagsThatSayNothingAreRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		reason string
		args   []string
	}{
		{"no number", []string{"-tenants", "many"}},
		{"the smaller size would have the tenants of the larger one", []string{"-tenants", "1000,100"}},
		{"nobody to measure", []string{"-tenants", "0"}},
		{"there is no such register", []string{"-register", "psc"}},
		{"less than one group of companies", []string{"-entities", "3"}},
		{"nothing to see", []string{"-changes", "0"}},
		{"there is no such part", []string{"-parts", "changes,flips"}},
	} {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if _, err := parseFlags(row.args, t.Output()); err == nil {
				t.Errorf("%q is accepted", row.args)
			}
		})
	}
}

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	got := parseTraffic(`# TYPE apiserver_request_total counter
apiserver_request_total{code="200",group="domicile.dev",resource="tenants",subresource="status",verb="APPLY"} 7
apiserver_request_total{code="409",group="domicile.dev",resource="tenants",subresource="status",verb="APPLY"} 1
apiserver_request_total{code="200",group="domicile.dev",resource="legalentities",subresource="status",verb="PATCH"} 2
apiserver_request_total{code="200",group="domicile.dev",resource="tenants",subresource="",verb="PATCH"} 4
apiserver_request_total{code="200",group="",resource="pods",subresource="status",verb="PATCH"} 8e+00
apiserver_request_total_not{code="200"} 1000
`)
	if want := (traffic{all: 22, tenants: 7, status: 9}); got != want {
		t.Errorf("got %+v, expected %+v", got, want)
	}
}
