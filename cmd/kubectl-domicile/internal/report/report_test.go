package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// hostile is a name that would clear the terminal, end an XML element and break
// the line.
const hostile = "Lantern\x1b[2J</failure>\nOK: 0 denied \u202e"

func denied(position manifest.Position, text string) report.Report {
	return report.Report{Results: []report.Result{{
		Resource: report.Resource{APIVersion: "v1", Kind: "Pod", Namespace: "apps", Name: "web"},
		Display:  "pod/web",
		Position: position,
		Decisions: []report.Decision{{
			Policy: "no-cn", Tenant: "lantern", Verdict: "Restricted", Reason: "RestrictedOwner", Action: "Deny",
			Message: text, Path: []string{text}, More: text,
		}},
	}}}
}

func TestTextOfTheInputDoesNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := report.Table(&out, denied(manifest.Position{File: "a\x1b.yaml", Line: 1}, hostile)); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("control characters in %q", out.String())
	}
	if !strings.Contains(out.String(), `Lantern\x1b[2J</failure>\nOK`) {
		t.Errorf("the text is not told as it is written:\n%s", out.String())
	}
}

func TestJUnitIsXMLWhateverTheInput(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := report.JUnit(&out, denied(manifest.Position{File: "a\x00.yaml", Line: 1}, hostile)); err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Suites []struct {
			Cases []struct {
				Failures []struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(out.Bytes(), &parsed); err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	if n := len(parsed.Suites[0].Cases[0].Failures); n != 1 {
		t.Errorf("%d failures, want 1:\n%s", n, out.String())
	}
}

func TestSARIFNamesFilesByAddress(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ reason, file, want string }{
		{"relative to the checkout", "deploy/web.yaml", "deploy/web.yaml"},
		{"./ is noise", "./web.yaml", "web.yaml"},
		{"an address has no spaces", "my files/50%.yaml", "my%20files/50%25.yaml"},
		{"a colon would make a scheme of the first part", "a:b.yaml", "./a:b.yaml"},
		{"absolute", "/srv/web.yaml", "file:///srv/web.yaml"},
	} {
		var out bytes.Buffer
		if err := report.SARIF(&out, denied(manifest.Position{File: tc.file, Line: 3, Column: 1}, "x"), "v1"); err != nil {
			t.Fatal(err)
		}
		var log sarif
		if err := json.Unmarshal(out.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		location := log.Runs[0].Results[0].Locations[0].PhysicalLocation
		if location.ArtifactLocation.URI != tc.want || location.Region.StartLine != 3 {
			t.Errorf("%s: %+v, want %s", tc.reason, location, tc.want)
		}
		if _, err := url.Parse(location.ArtifactLocation.URI); err != nil {
			t.Errorf("%s: %v", tc.reason, err)
		}
	}
}

func TestSARIFResultsPointAtTheirRules(t *testing.T) {
	t.Parallel()
	r := denied(manifest.Position{File: "web.yaml", Line: 1, Column: 1}, "x")
	for _, action := range []string{"Warn", "Audit", "Allow"} {
		d := r.Results[0].Decisions[0]
		d.Action, d.Reason = action, "ReasonOfTheFuture"
		r.Results[0].Decisions = append(r.Results[0].Decisions, d)
	}
	var out bytes.Buffer
	if err := report.SARIF(&out, r, "v1"); err != nil {
		t.Fatal(err)
	}
	var log sarif
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	var levels []string
	for _, result := range log.Runs[0].Results {
		levels = append(levels, result.Level)
		if rules := log.Runs[0].Tool.Driver.Rules; rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("rule %d is %s, not %s", result.RuleIndex, rules[result.RuleIndex].ID, result.RuleID)
		}
	}
	if got := strings.Join(levels, " "); got != "error warning note" {
		t.Errorf("levels %s; what is allowed is no result", got)
	}
}

// TestEveryReasonIsARule reads the reasons out of their package's source, so
// that a new one is not forgotten here.
func TestEveryReasonIsARule(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := report.SARIF(&out, report.Report{}, "v1"); err != nil {
		t.Fatal(err)
	}
	var log sarif
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for _, rule := range log.Runs[0].Tool.Driver.Rules {
		rules[rule.ID] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "..", "..", "internal", "residency", "verdict.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, isValue := n.(*ast.ValueSpec)
		if !isValue || len(spec.Values) != 1 {
			return true
		}
		if typ, named := spec.Type.(*ast.Ident); !named || typ.Name != "Reason" {
			return true
		}
		if literal, isLiteral := spec.Values[0].(*ast.BasicLit); isLiteral {
			found++
			if reason, err := strconv.Unquote(literal.Value); err != nil || !rules[reason] {
				t.Errorf("%s is no rule", literal.Value)
			}
		}
		return true
	})
	if found == 0 || found != len(rules) {
		t.Errorf("%d reasons and %d rules", found, len(rules))
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	if _, err := report.ParseFormat("yaml", "v1"); err == nil || !strings.Contains(err.Error(), "table, json, sarif, junit") {
		t.Errorf("got %v, want the formats that there are", err)
	}
}

type sarif struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct{ ID string }
			}
		}
		Results []struct {
			RuleID    string
			RuleIndex int
			Level     string
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
			}
		}
	}
}
