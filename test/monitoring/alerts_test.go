package monitoring

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// ruleFile is what Prometheus reads, and the spec of a PrometheusRule.
type ruleFile struct {
	Groups []struct {
		Name  string `json:"name"`
		Rules []rule `json:"rules"`
	} `json:"groups"`
}

type rule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func parse(t *testing.T, text string) ruleFile {
	t.Helper()
	var f ruleFile
	if err := yaml.UnmarshalStrict([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// rendered are the rules that the chart installs.
func rendered(t *testing.T, args ...string) ruleFile {
	t.Helper()
	read(t, rules)
	var object struct {
		Spec ruleFile `json:"spec"`
	}
	text := render(t, "monitoring/prometheusrule.yaml", append([]string{"--set", "monitoring.rules.enabled=true"}, args...)...)
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object.Spec
}

func alerts(f ruleFile) []rule {
	var all []rule
	for _, g := range f.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

func TestAlertsFireWhenTheyShould(t *testing.T) {
	read(t, rules)
	tests, err := filepath.Glob("testdata/*.test.yaml")
	if err != nil || len(tests) == 0 {
		t.Fatalf("no tests of alerts: %v", err)
	}
	for _, test := range tests {
		read(t, test)
	}
	if said, err := promtool(t, "", append([]string{"test", "rules"}, tests...)...); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// Each alert is shown to fire once, not to fire a moment before, and to be silent
// as long as all is well.
func TestEveryAlertIsTested(t *testing.T) {
	fires, silent := map[string]int{}, map[string]int{}
	tests, err := filepath.Glob("testdata/*.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tests {
		var f struct {
			Tests []struct {
				Alerts []struct {
					Name     string `json:"alertname"`
					Expected []any  `json:"exp_alerts"`
				} `json:"alert_rule_test"`
			} `json:"tests"`
		}
		if err := yaml.Unmarshal([]byte(read(t, path)), &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, test := range f.Tests {
			for _, a := range test.Alerts {
				if len(a.Expected) > 0 {
					fires[a.Name]++
				} else {
					silent[a.Name]++
				}
			}
		}
	}
	for _, a := range alerts(parse(t, read(t, rules))) {
		if fires[a.Alert] == 0 || silent[a.Alert] < 2 {
			t.Errorf("%s is shown to fire %d times and to be silent %d times, want 1 and 2 at least", a.Alert, fires[a.Alert], silent[a.Alert])
		}
		delete(fires, a.Alert)
	}
	for name := range fires {
		t.Errorf("there is no alert %s", name)
	}
}

const base = "https://github.com/domicile-dev/domicile/blob/main/docs/runbooks/"

func TestEveryAlertIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range alerts(parse(t, read(t, rules))) {
		if !strings.HasPrefix(a.Alert, "Domicile") || seen[a.Alert] {
			t.Errorf("%q: alerts have a name of their own that begins with Domicile", a.Alert)
		}
		seen[a.Alert] = true
		if !slices.Contains([]string{"critical", "warning"}, a.Labels["severity"]) {
			t.Errorf("%s has the severity %q", a.Alert, a.Labels["severity"])
		}
		for _, key := range []string{"summary", "description"} {
			if !strings.HasSuffix(a.Annotations[key], ".") {
				t.Errorf("%s: its %s is no sentence: %q", a.Alert, key, a.Annotations[key])
			}
		}
		if want := base + a.Alert + ".md"; a.Annotations["runbook_url"] != want {
			t.Errorf("%s leads to %s, want %s", a.Alert, a.Annotations["runbook_url"], want)
		}
	}
	if len(seen) < 16 {
		t.Errorf("%d alerts found", len(seen))
	}
}

// sections are what whoever is woken needs, in this order.
var sections = []string{"## Meaning", "## Impact", "## Diagnosis", "## Remedy", "## When to escalate"}

func TestEveryAlertHasARunbook(t *testing.T) {
	want := map[string]rule{}
	for _, a := range alerts(parse(t, read(t, rules))) {
		want[a.Alert] = a
	}
	entries, err := os.ReadDir(runbooks)
	if err != nil {
		t.Fatal(err)
	}
	overview := read(t, root+"/docs/monitoring.md")
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".md")
		a, ok := want[name]
		if !ok {
			t.Errorf("docs/runbooks/%s is about no alert", entry.Name())
			continue
		}
		delete(want, name)
		text := read(t, filepath.Join(runbooks, entry.Name()))
		if !strings.HasPrefix(text, "# "+name+"\n") {
			t.Errorf("%s: its title is not the alert's name", entry.Name())
		}
		at := 0
		for _, section := range sections {
			i := strings.Index(text[at:], "\n"+section+"\n")
			if i < 0 {
				t.Errorf("%s has no section %q in its place", entry.Name(), section)
				break
			}
			at += i + len(section)
		}
		if !strings.Contains(text, "```console\n$ kubectl ") {
			t.Errorf("%s has no command to begin with", entry.Name())
		}
		if row := "| [" + name + "](runbooks/" + name + ".md) | " + a.Labels["severity"] + " |"; !strings.Contains(overview, row) {
			t.Errorf("docs/monitoring.md has no row %s", row)
		}
	}
	for name := range want {
		t.Errorf("there is no docs/runbooks/%s.md", name)
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)\)`)

func TestLinksLeadToFiles(t *testing.T) {
	pages, err := filepath.Glob(runbooks + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, root+"/docs/monitoring.md") {
		for _, match := range link.FindAllStringSubmatch(read(t, page), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), match[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}

func TestTheChartInstallsTheRules(t *testing.T) {
	if diff := cmp.Diff(parse(t, read(t, rules)), rendered(t)); diff != "" {
		t.Errorf("with default names they are the file's (-file +chart):\n%s", diff)
	}
	other := rendered(t, "--namespace", "residency-system", "--set", "fullnameOverride=residency,webhook.timeoutSeconds=3",
		"--set", "monitoring.rules.runbookBaseURL=https://wiki.example/runbooks/,monitoring.rules.certificateDays=3,monitoring.rules.auditMaxAgeMinutes=2880")
	text, err := yaml.Marshal(other)
	if err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{"domicile-system", `"domicile`, "github.com", "> 2.5", "7 * 86400", "60 * 60"} {
		if strings.Contains(strings.ReplaceAll(string(text), `name="domicile"`, ""), left) {
			t.Errorf("the rules of another installation still have %q", left)
		}
	}
	for _, want := range []string{
		`{namespace="residency-system", job="residency-metrics"}`, `deployment="residency"`, "https://wiki.example/runbooks/DomicileFailsOpen.md",
		"[5m]))) > 1.5", "< 3 * 86400", "> 2880 * 60",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the rules of another installation do not have %q", want)
		}
	}
}

func TestRulesAreValid(t *testing.T) {
	if said, err := promtool(t, "", "check", "rules", rules); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	for _, seconds := range []string{"1", "5", "30"} {
		text, err := yaml.Marshal(rendered(t, "--set", "webhook.timeoutSeconds="+seconds))
		if err != nil {
			t.Fatal(err)
		}
		if said, err := promtool(t, "", "check", "rules", write(t, "rules.yaml", string(text))); err != nil {
			t.Errorf("with a timeout of %s s: %v\n%s", seconds, err, said)
		}
	}
}
