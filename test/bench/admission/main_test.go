package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/bench/program"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// The benchmark runs itself for those that answer.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "-serve=") {
		os.Exit(program.Run("admission", run))
	}
	os.Exit(m.Run())
}

// The measurement itself, where it takes seconds: everything on a real API server, and a
// second size with a register.
func TestRun(t *testing.T) {
	store := filepath.Join(t.TempDir(), "bin", "bench-admission.json")
	args := []string{
		"-tenants", "50,100", "-entities", "20", "-register", "-parties", "2000", "-mirrored", "100", "-rounds", "1", "-block", "50ms", "-store", store,
	}
	var out strings.Builder
	if err := run(t.Context(), args, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"50 tenants: Pods of 2 KB, 1 client", "100 tenants, with a register: API keys, 16 clients", "updates of Deployments, 16 clients",
		"not asked: p50", "always yes: CPU of its own", "Validator: p99", "Domicile: CPU of the API server", "mirror alone: p50 added, beside always yes",
		"Domicile: CPU of its own, beside always yes, beside the smallest size", "Domicile: RSS", "Domicile: CPU of its own in that time without a request",
	} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row about %q in\n%s", row, &out)
		}
	}
}

func TestRatiosAreToWhatAWebhookAdds(t *testing.T) {
	t.Parallel()
	of := func(took, api, etcd, own time.Duration) measured {
		return measured{took: report.Samples{took}, cpu: [processes]time.Duration{apiServer: api, store: etcd, answering: own}}
	}
	all := [contestants]measured{notAsked: of(100, 100, 10, 0), alwaysYes: of(200, 150, 10, 20), domicile: of(250, 160, 11, 30), mirrorAlone: of(180, 100, 10, 0)}
	s := shapes(regexp.MustCompile(""))[0]
	b := &bench{smallest: map[string]map[string]float64{s.String(): {"Domicile: CPU of its own, beside always yes": 1.2}}}
	got := map[string]float64{}
	for _, r := range b.rows(s, &all) {
		if strings.Contains(r.Name, ", beside") {
			got[r.Name] = r.Value
		}
	}
	want := map[string]float64{
		"Domicile: p50 added, beside always yes":                                1.5,
		"mirror alone: p50 added, beside always yes":                            0.8,
		"Domicile: CPU of the API server for it, beside always yes":             1.2,
		"Domicile: CPU of etcd, beside always yes":                              1.1,
		"Domicile: CPU of its own, beside always yes":                           1.5,
		"Domicile: CPU of its own, beside always yes, beside the smallest size": 1.25,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ratios (-want +got):\n%s", diff)
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
		{"less than one group of companies", []string{"-entities", "3"}},
		{"nothing is measured", []string{"-rounds", "0"}},
		{"no pattern", []string{"-only", "("}},
		{"no requests", []string{"-only", "Pods of 5 KB"}},
		{"a register of nobody", []string{"-register", "-parties", "1"}},
	} {
		if _, err := parseFlags(row.args, t.Output()); err == nil {
			t.Errorf("%s: %q is accepted", row.reason, row.args)
		}
	}
}
