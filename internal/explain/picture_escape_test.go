package explain_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/explaintest"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Every line of a picture has one of these forms, in which whatever comes from
// names stands between quotes that nothing in it can end.
var grammar = map[string]*regexp.Regexp{
	".mmd": regexp.MustCompile("^(?:" + strings.Join([]string{
		`---`, `title: "(?:[^"\\]|\\["\\/bfnrtu])*"`, `config:`, `  flowchart:`, `    wrappingWidth: 420`,
		`flowchart (?:TB|LR)`, `  accTitle: [^\n"<>{}|;#` + "`" + `]*`, `  accDescr \{`, `    [^\n"<>{}|#` + "`" + `]*`, `  \}`,
		`  (?:n\d+|about)(?:\[|\(\[|\{\{|\[/|\()"` + mermaidText + `"(?:\]|\]\)|\}\}|/\]|\)):::\w+`,
		`  n\d+ ~~~ about`, `  n\d+ (?:==>|-\.->|-->|-\.-)(?:\|"` + mermaidText + `"\|)? n\d+`,
		`  classDef \w+ [\w:#,.\- ]+`,
	}, "|") + ")$"),
	".dot": regexp.MustCompile("^(?:" + strings.Join([]string{
		`digraph ownership \{`, `\}`, `  (?:graph|node|edge|about|n\d+|n\d+ -> n\d+) \[` + dotAttribute + `(?:, ` + dotAttribute + `)*\]`,
	}, "|") + ")$"),
}

const (
	// mermaidText has no quote, no markup but line breaks, and no entity but
	// numbers.
	mermaidText  = "(?:[^\"<>&#;%{}|`\\[\\]]|<br/>|#\\d+;| %)*"
	dotAttribute = `[a-z]+=(?:[a-zA-Z0-9.]+|"(?:[^"\\]|\\["\\nl])*")`
)

func TestEveryLineOfAPictureHasItsForm(t *testing.T) {
	t.Parallel()
	for _, c := range explaintest.Cases {
		for ending := range drawings {
			requireForm(t, ending, draw(t, ending, c.Decision(t)))
		}
	}
}

func requireForm(t *testing.T, ending, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if !grammar[ending].MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("%s: a line of another form:\n%s", ending, line)
		}
	}
}

// FuzzPicturesKeepNamesInside draws a party with a hostile name, label and
// source, and counts nodes and edges: no name adds a line, an edge or anything
// else.
func FuzzPicturesKeepNamesInside(f *testing.F) {
	for _, name := range explaintest.Hostile {
		f.Add(name, name, name)
	}
	f.Add("%%{init: {}}%%", "\"", "\\")
	f.Add("#quot;", "&quot;", "\\\"")
	f.Fuzz(func(t *testing.T, name, label, source string) {
		d := explaintest.Named(name, label, source)
		for ending := range drawings {
			var out bytes.Buffer
			if err := drawings[ending](&out, d, explain.Setting{From: name}); err != nil {
				t.Fatal(err)
			}
			requireForm(t, ending, out.String())
			plain := explaintest.Named("a", "b", "c")
			var want bytes.Buffer
			if err := drawings[ending](&want, plain, explain.Setting{From: "d"}); err != nil {
				t.Fatal(err)
			}
			if got, want := strings.Count(out.String(), "\n"), strings.Count(want.String(), "\n"); got != want {
				t.Errorf("%s: %d lines, %d with ordinary names:\n%s", ending, got, want, out.String())
			}
		}
	})
}

func TestDrawsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	for _, c := range explaintest.Cases {
		for ending := range drawings {
			if first, again := draw(t, ending, c.Decision(t)), draw(t, ending, c.Decision(t)); first != again {
				t.Errorf("%s: %s: two pictures of one decision", c.Name, ending)
			}
		}
	}
}

func TestMermaidStaysBelowItsLimit(t *testing.T) {
	t.Parallel()
	for _, c := range explaintest.Cases {
		text := draw(t, ".mmd", c.Decision(t))
		// The limits that Mermaid has unless a page sets others: maxTextSize
		// and maxEdges.
		if len(text) >= 50_000 || strings.Count(text, "\n  n") > 500 {
			t.Errorf("%s: %d bytes", c.Name, len(text))
		}
	}
}

func TestMermaidLeavesOutMoreOfLongNames(t *testing.T) {
	t.Parallel()
	d := explaintest.Wide(300, strings.Repeat("<&>", 30))
	text := draw(t, ".mmd", d)
	if len(text) >= 50_000 {
		t.Errorf("%d bytes", len(text))
	}
	if !strings.Contains(text, "Holdings that are left out of the picture") {
		t.Error("nothing says that anything is left out")
	}
}

func TestEveryStandingAndEveryLineOccurs(t *testing.T) {
	t.Parallel()
	standings := map[residency.Standing]bool{}
	counts := map[explain.Counts]bool{}
	sorts := map[explain.Sort]bool{}
	types := map[ownership.PartyType]bool{}
	for _, c := range explaintest.Cases {
		d := explain.NewDiagram(c.Decision(t), explaintest.Setting)
		for _, s := range d.Standings() {
			standings[s] = true
		}
		for _, s := range d.Countings() {
			counts[s] = true
		}
		for _, n := range d.Nodes {
			sorts[n.Sort], types[n.Type] = true, true
		}
	}
	if len(standings) != 6 || len(counts) != 3 || len(sorts) != 3 || len(types) != 5 {
		t.Errorf("not every sort of picture is tested: standings %v, lines %v, nodes %v, types %v", standings, counts, sorts, types)
	}
}

func TestADiagramIsBounded(t *testing.T) {
	t.Parallel()
	d := explain.NewDiagram(explaintest.Wide(2000, "holder"), explaintest.Setting)
	if len(d.Nodes) > 3*120 || len(d.Edges) > 240+2*120 {
		t.Errorf("%d nodes and %d edges", len(d.Nodes), len(d.Edges))
	}
	if last := d.Facts[len(d.Facts)-1]; last != "Holdings that are left out of the picture: 1881; text and JSON have more room." {
		t.Errorf("it ends with %q", last)
	}
}

func TestNobodyIsSimplyClearWithoutAllRegisters(t *testing.T) {
	t.Parallel()
	d := residency.Decision{Policy: "p", Reason: residency.RegisterUnavailable, Findings: []residency.Finding{{
		Reason: residency.RegisterUnavailable, Missing: []string{"gleif"},
		Cause: &residency.Cause{Label: "t", Name: "Meridian Labs", Standing: residency.Unconfirmed},
	}}}
	if says := explain.NewDiagram(d, explaintest.Setting).Nodes[0].Says[0]; says != "clear as far as is known: the data of a register is missing" {
		t.Errorf("it says %q", says)
	}
}
