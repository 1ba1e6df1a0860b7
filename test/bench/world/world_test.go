package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	} {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if _, err := parseFlags(row.args, t.Output()); err == nil {
				t.Errorf("%q is accepted", row.args)
			}
		})
	}
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	hundred := make(samples, 100)
	for i := range hundred {
		hundred[(i*37)%100] = time.Duration(i + 1)
	}
	for _, row := range []struct {
		reason  string
		samples samples
		p       float64
		want    time.Duration
	}{
		{"the median of a hundred is the 50th", hundred, 0.5, 50},
		{"one in a hundred is above p99", hundred, 0.99, 99},
		{"the last one is the most", hundred, 1, 100},
		{"of a few p99 is the most", samples{3, 1, 2}, 0.99, 3},
		{"the median of two is the smaller one", samples{2, 1}, 0.5, 1},
		{"without samples there is nothing to say", nil, 0.99, 0},
	} {
		if got := row.samples.quantile(row.p); got != row.want {
			t.Errorf("%s: got %d, expected %d", row.reason, got, row.want)
		}
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

func TestASeedStandsForOthers(t *testing.T) {
	t.Parallel()
	s := seed{name: tenantName(3), uid: "u-3", stored: []byte(`{"name":"tenant-0000003","uid":"u-3","displayName":"Customer tenant-0000003"}`)}
	if diff := cmp.Diff(string(s.stored), string(s.as(3).Value)); diff != "" {
		t.Errorf("it stands for itself as it is (-want +got):\n%s", diff)
	}
	other := s.as(1003)
	if got, want := string(other.Key), tenantKey("tenant-0001003"); got != want {
		t.Errorf("the key is %s, expected %s", got, want)
	}
	text := string(other.Value)
	if strings.Contains(text, s.name) || strings.Contains(text, "u-3") || !strings.Contains(text, `"Customer tenant-0001003"`) {
		t.Errorf("another tenant is stored as %s", text)
	}
}

func TestEntitiesAreGroups(t *testing.T) {
	t.Parallel()
	known, blocked := map[string]bool{}, 0
	const entities = 10_000
	for i := range entities {
		e := entity(i)
		for _, interest := range e.Spec.Interests {
			if !known[interest.Holder.Name] {
				t.Fatalf("%s is held by %s, which comes later or never", e.Name, interest.Holder.Name)
			}
		}
		if seat := e.Spec.Jurisdictions.Headquarters; seat == "CN" || seat == "RU" {
			blocked++
		}
		known[e.Name] = true
	}
	if len(known) != entities || blocked < entities/group/30 || blocked > entities/group/10 {
		t.Errorf("%d names and %d groups in blocked places of %d", len(known), blocked, entities/group)
	}
}
