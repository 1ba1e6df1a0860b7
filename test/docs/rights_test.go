package docs

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// rights are what the manager may do, by where the chart says so: verb and resource,
// without the group.
func rights(t *testing.T, path string) map[string][]string {
	t.Helper()
	may := map[string][]string{}
	for document := range strings.SplitSeq(read(t, path), "\n---\n") {
		var role rbacv1.ClusterRole // a Role has the same rules
		if err := yaml.Unmarshal([]byte(document), &role); err != nil {
			t.Fatal(err)
		}
		for _, rule := range role.Rules {
			for _, resource := range rule.Resources {
				may[resource] = append(may[resource], rule.Verbs...)
			}
		}
	}
	return may
}

const (
	always     = "charts/domicile/files/role.yaml"
	suspension = "charts/domicile/files/suspension/role.yaml"
	mirror     = "charts/domicile/files/mirror/role.yaml"
)

var (
	rightsRow = regexp.MustCompile("(?m)^\\| ((?:`[a-z]+`(?:, )?)+) \\| ([^|]*) \\| (always|suspension|mirror) \\|")
	word      = regexp.MustCompile("`([a-z/]+)`")
)

func words(cell string) (found []string) {
	for _, match := range word.FindAllStringSubmatch(cell, -1) {
		found = append(found, match[1])
	}
	return found
}

// TestSECURITYTellsTheRights: the table has no right that the manager has not, and
// leaves out none that changes something.
func TestSECURITYTellsTheRights(t *testing.T) {
	granted := map[string]map[string][]string{"always": rights(t, always), "suspension": rights(t, suspension), "mirror": rights(t, mirror)}
	told := map[string]map[string][]string{"always": {}, "suspension": {}, "mirror": {}}
	for _, row := range rightsRow.FindAllStringSubmatch(read(t, "SECURITY.md"), -1) {
		for _, resource := range words(row[2]) {
			for _, verb := range words(row[1]) {
				told[row[3]][resource] = append(told[row[3]][resource], verb)
				if !slices.Contains(granted[row[3]][resource], verb) {
					t.Errorf("SECURITY.md: the manager may not %s %s (%s)", verb, resource, row[3])
				}
			}
		}
	}
	for role, may := range granted {
		for resource, verbs := range may {
			for _, verb := range verbs {
				reads := slices.Contains([]string{"get", "list", "watch"}, verb)
				if !reads && !slices.Contains(told[role][resource], verb) {
					t.Errorf("SECURITY.md does not say that the manager may %s %s (%s)", verb, resource, role)
				}
			}
		}
	}
}

var canI = regexp.MustCompile(`auth can-i ([a-z]+) ([a-z]+)\S* .*--as=system:serviceaccount:domicile-system:domicile|auth can-i ([a-z]+) ([a-z]+)\S* .*\\$`)

// TestWhatRunbooksAskForIsGranted: a right that a runbook checks is one that the
// manager should have.
func TestWhatRunbooksAskForIsGranted(t *testing.T) {
	may, asked := rights(t, always), 0
	for resource, verbs := range rights(t, suspension) {
		may[resource] = append(may[resource], verbs...)
	}
	for _, page := range documents(t) {
		for line := range strings.Lines(read(t, page)) {
			match := canI.FindStringSubmatch(strings.TrimSpace(line))
			if match == nil {
				continue
			}
			asked++
			if verb, resource := match[1]+match[3], match[2]+match[4]; !slices.Contains(may[resource], verb) {
				t.Errorf("%s: the manager may not %s %s", page, verb, resource)
			}
		}
	}
	if asked < 3 {
		t.Errorf("%d rights are asked for: are they written in another form?", asked)
	}
}

// TestTheChartHasTheRolesThatPagesName: of those that it brings for people.
func TestTheChartHasTheRolesThatPagesName(t *testing.T) {
	text, err := os.ReadFile(root + "/config/rbac/roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, match := range regexp.MustCompile("(?m)^\\| `(domicile-[a-z-]+)` \\|").FindAllStringSubmatch(read(t, "docs/operations.md"), -1) {
		named++
		if !strings.Contains(string(text), "name: "+match[1]+"\n") {
			t.Errorf("docs/operations.md: there is no ClusterRole %s", match[1])
		}
	}
	if named == 0 {
		t.Error("docs/operations.md names no ClusterRole: are they written in another form?")
	}
}
