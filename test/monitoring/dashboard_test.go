package monitoring

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// dashboard is as much of Grafana's format as tests need.
type dashboard struct {
	UID           string `json:"uid"`
	Title         string `json:"title"`
	SchemaVersion int    `json:"schemaVersion"`
	Panels        []struct {
		ID          int      `json:"id"`
		Type        string   `json:"type"`
		Title       string   `json:"title"`
		Description string   `json:"description"`
		GridPos     box      `json:"gridPos"`
		Datasource  source   `json:"datasource"`
		Targets     []target `json:"targets"`
	} `json:"panels"`
	Templating struct {
		List []struct {
			Name  string `json:"name"`
			Type  string `json:"type"`
			Query any    `json:"query"`
		} `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []struct {
			Expr string `json:"expr"`
		} `json:"list"`
	} `json:"annotations"`
}

type box struct{ X, Y, W, H int }

type source struct {
	UID string `json:"uid"`
}

type target struct {
	Datasource source `json:"datasource"`
	Expr       string `json:"expr"`
	RefID      string `json:"refId"`
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal([]byte(read(t, files+"/dashboard.json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// expressions are all queries, with what Grafana would put in for variables.
func (d dashboard) expressions() map[string]string {
	grafana := strings.NewReplacer("$__rate_interval", "5m", "$namespace", "domicile-system", "$job", "domicile-metrics")
	all := map[string]string{}
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			all[p.Title+" "+q.RefID] = grafana.Replace(q.Expr)
		}
	}
	for i, a := range d.Annotations.List {
		if a.Expr != "" {
			all[fmt.Sprintf("annotation %d", i)] = grafana.Replace(a.Expr)
		}
	}
	return all
}

func TestDashboardIsWellFormed(t *testing.T) {
	d := readDashboard(t)
	if d.UID == "" || d.Title == "" || d.SchemaVersion < 39 {
		t.Errorf("uid %q, title %q, schemaVersion %d: that is no dashboard of Grafana 10.4 or later", d.UID, d.Title, d.SchemaVersion)
	}
	ids := map[int]bool{}
	taken := map[[2]int]string{}
	for _, p := range d.Panels {
		if p.ID == 0 || ids[p.ID] {
			t.Errorf("panel %q has the id %d, which is none or taken", p.Title, p.ID)
		}
		ids[p.ID] = true
		if g := p.GridPos; g.W < 1 || g.H < 1 || g.X < 0 || g.Y < 0 || g.X+g.W > 24 {
			t.Errorf("panel %q is at %+v, which is not within the 24 columns", p.Title, g)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok {
					t.Fatalf("panels %q and %q lie over each other", other, p.Title)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("panel %d %q lacks a title, a description or a query", p.ID, p.Title)
		}
		refs := map[string]bool{}
		for _, q := range p.Targets {
			if refs[q.RefID] || q.Datasource.UID != "${datasource}" || p.Datasource.UID != "${datasource}" {
				t.Errorf("panel %q: query %q has a name twice or another data source than the variable", p.Title, q.RefID)
			}
			refs[q.RefID] = true
		}
	}
}

func TestDashboardHasItsRowsAndVariables(t *testing.T) {
	d := readDashboard(t)
	var rows, variables []string
	for _, p := range d.Panels {
		if p.Type == "row" {
			rows = append(rows, p.Title)
		}
	}
	for _, v := range d.Templating.List {
		variables = append(variables, v.Name+" "+v.Type)
	}
	want := []string{"Overview", "Admission", "Tenants", "Snapshot", "Registers", "Audit", "Suspension", "Certificates and configuration", "Gateway"}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"datasource datasource", "namespace query", "job query"}, variables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// promtool reads rules: each query is written as one.
func TestEveryQueryOfTheDashboardCanBeRead(t *testing.T) {
	type recording struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	type group struct {
		Name  string      `json:"name"`
		Rules []recording `json:"rules"`
	}
	all := group{Name: "dashboard"}
	for _, expr := range readDashboard(t).expressions() {
		all.Rules = append(all.Rules, recording{Record: fmt.Sprintf("query:%d", len(all.Rules)), Expr: expr})
	}
	text, err := yaml.Marshal(map[string][]group{"groups": {all}})
	if err != nil {
		t.Fatal(err)
	}
	said, err := promtool(t, "", "check", "rules", write(t, "queries.yaml", string(text)))
	if err != nil || !strings.Contains(said, fmt.Sprintf("%d rules found", len(all.Rules))) {
		t.Errorf("%v\n%s\n%s", err, said, text)
	}
	if len(all.Rules) < 40 {
		t.Errorf("%d queries found", len(all.Rules))
	}
}

func TestTheChartInstallsTheDashboard(t *testing.T) {
	var object struct {
		Metadata struct {
			Labels, Annotations map[string]string
		}
		Data map[string]string
	}
	text := render(t, "monitoring/dashboard.yaml", "--set", "monitoring.dashboard.enabled=true", "--set", "monitoring.dashboard.annotations.grafana_folder=Platform")
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	if object.Metadata.Labels["grafana_dashboard"] != "1" || object.Metadata.Annotations["grafana_folder"] != "Platform" {
		t.Errorf("the sidecar does not find it: %+v", object.Metadata)
	}
	if diff := cmp.Diff(read(t, files+"/dashboard.json"), object.Data["domicile.json"]); diff != "" {
		t.Errorf("(-file +chart):\n%s", diff)
	}
}
