package monitoring

import (
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/monitoring/catalogue"
)

// declared are the names of metrics in the code of the manager.
func declared(t *testing.T) []string {
	t.Helper()
	literal := regexp.MustCompile(`"(domicile_[a-z_]+)"`)
	names := map[string]bool{}
	for _, dir := range []string{"controllers", "webhook", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, match := range literal.FindAllStringSubmatch(read(t, path), -1) {
				names[match[1]] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func catalogued(t *testing.T) map[string]catalogue.Metric {
	t.Helper()
	metrics, err := catalogue.Read(root)
	if err != nil {
		t.Fatal(err)
	}
	return metrics
}

func TestEveryMetricIsInTheCatalogue(t *testing.T) {
	if diff := cmp.Diff(declared(t), slices.Sorted(maps.Keys(catalogued(t)))); diff != "" {
		t.Errorf("(-code +%s):\n%s", catalogue.Page, diff)
	}
}

// foreign are the metrics of others that alerts and the dashboard look at.
var foreign = []string{
	"ALERTS", "up", "leader_election_master_status",
	"apiserver_admission_webhook_rejection_count", "apiserver_admission_webhook_fail_open_count",
	"kube_deployment_status_replicas_ready", "kube_deployment_spec_replicas",
}

var (
	// selector is a metric with its matchers; comments and strings aside.
	selector = regexp.MustCompile(`([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^}]*)\}`)
	matcher  = regexp.MustCompile(`([a-z_]+)\s*(=~|!=|!~|=)\s*"([^"]*)"`)
	named    = regexp.MustCompile(`\b(domicile_[a-z_]+|apiserver_[a-z_]+|kube_[a-z_]+|leader_[a-z_]+)\b`)
	grouping = regexp.MustCompile(`\bby \(([^)]*)\)`)
	quoted   = regexp.MustCompile(`"[^"]*"`)
)

// scraped are labels that Prometheus adds.
var scraped = []string{"namespace", "job", "pod", "le"}

// TestWhatIsLookedAtExists: an expression about a metric that does not exist, or a
// label or value that it does not have, is valid and never true.
func TestWhatIsLookedAtExists(t *testing.T) {
	metrics := catalogued(t)
	expressions := readDashboard(t).expressions()
	for _, a := range alerts(parse(t, read(t, rules))) {
		expressions[a.Alert] = a.Expr
	}
	for where, expr := range expressions {
		var used []catalogue.Metric
		for _, match := range named.FindAllStringSubmatch(quoted.ReplaceAllString(expr, ""), -1) {
			m, ok := find(metrics, match[1])
			if ok {
				used = append(used, m)
			} else if !slices.Contains(foreign, match[1]) {
				t.Errorf("%s: there is no metric %s", where, match[1])
			}
		}
		for _, match := range selector.FindAllStringSubmatch(expr, -1) {
			m, ok := find(metrics, match[1])
			if !ok {
				continue
			}
			for _, by := range matcher.FindAllStringSubmatch(match[2], -1) {
				values, has := m.Labels[by[1]]
				switch {
				case slices.Contains(scraped, by[1]):
				case !has:
					t.Errorf("%s: %s has no label %s", where, m.Name, by[1])
				case by[2] == "=" && values != nil && !slices.Contains(values, by[3]):
					t.Errorf("%s: %s of %s is never %s", where, by[1], m.Name, by[3])
				}
			}
		}
		for _, match := range grouping.FindAllStringSubmatch(expr, -1) {
			for by := range strings.SplitSeq(match[1], ", ") {
				has := func(m catalogue.Metric) bool { _, ok := m.Labels[by]; return ok }
				if len(used) > 0 && !slices.Contains(scraped, by) && !slices.ContainsFunc(used, has) {
					t.Errorf("%s: none of its metrics has the label %s", where, by)
				}
			}
		}
	}
}

// find looks a metric up by the name of one of its series.
func find(metrics map[string]catalogue.Metric, series string) (catalogue.Metric, bool) {
	if m, ok := metrics[series]; ok {
		return m, m.Type != "histogram"
	}
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		if name, ok := strings.CutSuffix(series, suffix); ok {
			m, known := metrics[name]
			return m, known && m.Type == "histogram"
		}
	}
	return catalogue.Metric{}, false
}

// TestReasonsAreInTheCatalogue: the label reason has the reasons of decisions and
// of answers without one.
func TestReasonsAreInTheCatalogue(t *testing.T) {
	want := []string{"None", "Unavailable"}
	for path, constant := range map[string]*regexp.Regexp{
		"internal/residency/verdict.go": regexp.MustCompile(`(?m)^\s+\w+ Reason = "(\w+)"$`),
		"webhook/admit.go":              regexp.MustCompile(`(?m)^\s+pass\w+\s+passReason = "(\w+)"$`),
	} {
		found := constant.FindAllStringSubmatch(read(t, filepath.Join(root, path)), -1)
		if len(found) < 3 {
			t.Errorf("%s has %d reasons: are they written in another form?", path, len(found))
		}
		for _, match := range found {
			want = append(want, match[1])
		}
	}
	slices.Sort(want)
	got := slices.Sorted(slices.Values(catalogued(t)["domicile_admission_requests_total"].Labels["reason"]))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-code +%s):\n%s", catalogue.Page, diff)
	}
}
