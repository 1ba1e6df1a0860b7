package explain_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/explaintest"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

var update = flag.Bool("update", false, "write the golden files")

var noon = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

func policy(t *testing.T, change func(*residency.Policy)) *residency.Policy {
	t.Helper()
	p := explaintest.Policy(t, change)
	p.Name = "blocked"
	return p
}

// huge is a tenant with more holders than any tree lists, each with more.
func huge() string {
	var s strings.Builder
	for i := range 300 {
		fmt.Fprintf(&s, "t < 0.3 h%03d; h%03d < 60 x%03d:CN\n", i, i, i)
	}
	return s.String() + "t:SG"
}

var goldens = []struct {
	name, reason, graph string
	change              func(*residency.Policy)
	limits              residency.Limits
}{
	{
		name: "chain", reason: "a chain of three is told up to the seed, with dates and sources",
		graph: `t:SG < 60 b "annual-report-2025"
			b:VG < 75 a 2024-03-01.. "register-of-members"
			a:HK < 100 x:CN ..2027-01-01`,
	},
	{
		name: "diamond", reason: "a party with two ways to the tenant has its own holders told once",
		graph: `t:SG < 30 a; t < 30 b; t < 40 clean/person:NL; a:HK < 100 m; b:MO < 100 m; m:VG < 80 x:CN`,
	},
	{
		name: "range", reason: "ranges, undisclosed parts and what does not count are told apart",
		graph:  `t:SG < (25,50] x:CN; t < 30 clean/person:NL`,
		change: func(p *residency.Policy) { p.Rule.UndisclosedPossible = true },
	},
	{
		name: "cycle", reason: "a loop ends where it began",
		graph: `t:SG < 51 a; a:HK < 30 b; a < 40 x:CN; b:VG < 60 t; b < 30 x`,
	},
	{
		name: "unknown", reason: "holders about whom nothing is known are told as such",
		graph:  `t:SG < 40 ?ghost; t < 20 shell; t < control x/person:RU; t < votes 70 x`,
		change: func(p *residency.Policy) { p.Rule.UndisclosedPossible, p.Rule.ControlRestricts = true, false },
	},
	{
		name: "single-owner", reason: "each owner that suffices is told by itself",
		graph:  `t:SG < 30 a; t < 30 b; t < 40 y:RU; a:HK < 100 x:CN; b:HK < 100 x; b < votes 60 y`,
		change: func(p *residency.Policy) { p.Rule.Aggregation, p.Rule.Threshold = ownership.SingleOwner, 300_000_000 },
	},
	{
		name: "clear", reason: "a clear tenant has its holders told, too",
		graph: `t:SG < 30 x:CN; t < 70 clean; clean:NL < 100 ada/person:NL`,
	},
	{
		name: "effective", reason: "each holding counts with the part of its holder, also where that restricts nobody",
		graph:  `t:SG < 70 a; t < 30 x:CN "register"; a:HK < 49 x "filing"; a < 51 clean/person:NL`,
		change: func(p *residency.Policy) { p.Rule.Method = ownership.Effective },
	},
	{
		name: "effective-loop", reason: "parts that end nowhere are rounded outward, and a loop ends where it began",
		graph: `t:SG < 90 a; a:HK < 40 x:CN; a < 40 b; b:VG < 40 a; b < (30,40] x; t < votes 10 b`,
		change: func(p *residency.Policy) {
			p.Rule.Method, p.Rule.UndisclosedPossible = ownership.Effective, true
		},
	},
	{
		name: "same-shares", reason: "shares that are told twice are both told, and which counts",
		graph: `t:SG < 60 x:CN through:a "primary"; a:VG < 100 x; t < 30 a "component"; t < 10 b:RU indirect; t < 5 b class:preferred`,
	},
	{
		name: "same-shares-effective", reason: "also by Effective",
		graph:  `t:SG < 20 x:CN through:a "primary"; a:VG < 90 x; t < 60 a "component"; t < 20 t`,
		change: func(p *residency.Policy) { p.Rule.Method = ownership.Effective },
	},
	{
		name: "joint", reason: "each joint holder counts with all",
		graph:  `t:SG < 30 x:CN joint:family; t < 30 ann/person:NL joint:family; t < 5 a/joint; a < 50 x; a < 50 ann`,
		change: func(p *residency.Policy) { p.Rule.EachHoldsAll = true },
	},
	{
		name: "not-understood", reason: "what is not understood of where holders sit is quoted",
		graph: `t:SG < 60 isle; isle:VG,!Atlantis < 50 land:!Old|CN|SG`,
	},
	{
		name: "either", reason: "what each method finds is told by itself, and marked",
		graph:  `t:SG < 70 a; t < 30 x:CN; a:HK < 60 x; a < votes 20 y:RU`,
		change: func(p *residency.Policy) { p.Rule.Method = ownership.Either },
	},
	{
		name: "effective-single-owner", reason: "each owner's parts are told by themselves",
		graph: `t:SG < 60 a; t < control b; a:HK < 40 x:CN; a < 60 y:RU; b:VG < 35 x; b < 65 clean:NL`,
		change: func(p *residency.Policy) {
			p.Rule.Method, p.Rule.Aggregation, p.Rule.Threshold = ownership.Effective, ownership.SingleOwner, 300_000_000
		},
	},
	{
		name: "exempted", reason: "what an exemption sets aside is told all the same, and that it does not count",
		graph: `t:SG < 60 x:CN; t < 40 clean:NL`,
		change: func(p *residency.Policy) {
			p.Exemptions = map[string][]*residency.Exemption{"lantern": {
				{Name: "first", Tenant: "lantern", Reference: "L-1", ExpiresAt: noon.AddDate(0, 1, 0)},
				{Name: "second", Tenant: "lantern", Reference: "L-2", ExpiresAt: noon.AddDate(0, 2, 0)},
			}}
		},
	},
	{
		name: "announced", reason: "in a notice period the answer says when it becomes which",
		graph:  `t:SG < 60 x:CN`,
		change: func(p *residency.Policy) { p.EffectiveFrom, p.BeforeEffective = noon.AddDate(0, 2, 0), residency.Audit },
	},
	{
		name: "huge", reason: "a huge tree is cut off and says how much is left out",
		graph:  huge(),
		limits: residency.Limits{Depth: 4, Parties: 12, Holdings: 5, Coalitions: 2, Records: 2, All: true},
	},
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			limits := residency.ExplainLimits
			if g.limits != (residency.Limits{}) {
				limits = g.limits
			}
			tenant := &residency.Tenant{Name: "lantern", Links: []residency.Link{{Party: ownership.Ref{Key: "t"}}}}
			d := residency.Explain(policy(t, g.change), graphtest.Build(t, g.graph), residency.Request{At: noon, Tenant: tenant}, limits)
			compare(t, g.name+".txt", g.reason, explain.Text, d)
			compare(t, g.name+".json", g.reason, explain.JSON, d)
		})
	}
}

func compare(t *testing.T, name, reason string, render func(io.Writer, []residency.Decision) error, d residency.Decision) {
	t.Helper()
	var got bytes.Buffer
	if err := render(&got, []residency.Decision{d}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s: %s (-want +got; go test -update writes it)\n%s", name, reason, diff)
	}
}
