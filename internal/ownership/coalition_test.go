package ownership_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// describe writes coalitions and what they hold in a party, one line each.
func describe(g *ownership.Graph, n ownership.Node, coalitions []*ownership.Coalition, limit int) []string {
	var lines []string
	for _, c := range coalitions {
		var seeds []string
		for _, s := range c.Seeds {
			seeds = append(seeds, g.Label(s))
		}
		lines = append(lines, fmt.Sprintf("coalition %s[%s]", c.Country, strings.Join(seeds, " ")))
		for _, tally := range c.Tallies(n, limit) {
			line := fmt.Sprintf("  %s %s-%s", tally.Kind, tally.Lower, tally.Upper)
			if tally.Undisclosed > 0 {
				line += fmt.Sprintf(", undisclosed %s", tally.Undisclosed)
			}
			line += fmt.Sprintf(", definite %t, possible %t:", tally.Definite, tally.Possible)
			for _, held := range tally.Counted {
				line += fmt.Sprintf(" %s %s-%s", g.Label(held.Holder), held.Share.Lower, held.Share.Upper)
				if !held.Definite {
					line += "?"
				}
			}
			if tally.LeftOut > 0 {
				line += fmt.Sprintf(" and %d more", tally.LeftOut)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func TestRestrictingTellsWhoAndHow(t *testing.T) {
	as := func(a ownership.Aggregation) ownership.Rule {
		r := defaults
		r.Aggregation = a
		return r
	}
	undisclosed := func(r ownership.Rule) ownership.Rule {
		r.UndisclosedPossible = true
		return r
	}
	const lantern = `
		sg:SG < 28 hk:HK; sg < 40 group:CN; sg < 5 clean/person:SG; sg < votes (25,50] hk; hk < 100 group
		sg < 10 other:RU; sg < 2 maybe:SG; maybe < ? group`
	tests := map[string]struct {
		reason, graph, party string
		rule                 ownership.Rule
		want                 []string
	}{
		"All": {
			reason: "all members, the largest first; who is not a member is not counted",
			graph:  lantern, party: "sg", rule: defaults,
			want: []string{
				"coalition [group other]",
				"  Shareholding 78-80, definite true, possible true: group 40-40 hk 28-28 other 10-10 maybe 2-2?",
				"  VotingRights 25.0000001-50, definite false, possible false: hk 25.0000001-50",
			},
		},
		"SingleOwner": {
			reason: "the owner and what it restricts, without other owners",
			graph:  lantern, party: "sg", rule: as(ownership.SingleOwner),
			want: []string{
				"coalition [group]",
				"  Shareholding 68-70, definite true, possible true: group 40-40 hk 28-28 maybe 2-2?",
				"  VotingRights 25.0000001-50, definite false, possible false: hk 25.0000001-50",
			},
		},
		"SameJurisdiction": {
			reason: "by country, each with all its seeds",
			graph:  "t:SG < 30 a:CN; t < 30 b:CN-BJ; t < 30 c:RU; t < 25 d:RU,CN",
			party:  "t", rule: as(ownership.SameJurisdiction),
			want: []string{
				"coalition CN[a b d]",
				"  Shareholding 85-85, definite true, possible true: a 30-30 b 30-30 d 25-25",
				"coalition RU[c d]",
				"  Shareholding 55-55, definite true, possible true: c 30-30 d 25-25",
			},
		},
		"EveryOwnerThatSuffices": {
			reason: "every cause and not only the first, in the order of the seeds",
			graph:  "t:SG < 55 z:CN; t < votes 60 y:CN; t < control x:CN; t < 1 w:CN",
			party:  "t", rule: as(ownership.SingleOwner),
			want: []string{
				"coalition [x]",
				"  Control 0-0, definite true, possible true: x 0-0",
				"coalition [y]",
				"  VotingRights 60-60, definite true, possible true: y 60-60",
				"coalition [z]",
				"  Shareholding 55-55, definite true, possible true: z 55-55",
			},
		},
		"Seed": {
			reason: "a seed restricts itself, also without holders",
			graph:  "x:CN", party: "x", rule: as(ownership.SingleOwner),
			want: []string{"coalition [x]"},
		},
		"Possible": {
			reason: "who restricts it possibly, if nobody does for certain",
			graph:  "t:SG < [40,60] x:CN; t < [10,20] y:CN; t < 1 z:CN",
			party:  "t", rule: as(ownership.SingleOwner),
			want: []string{
				"coalition [x]",
				"  Shareholding 40-60, definite false, possible true: x 40-60",
			},
		},
		"Undisclosed": {
			reason: "the table's last row: 25 % are undisclosed",
			graph:  "t:SG < 45 x/person:CN; t < 30 clean/person:SG",
			party:  "t", rule: undisclosed(defaults),
			want: []string{
				"coalition [x]",
				"  Shareholding 45-70, undisclosed 25, definite false, possible true: x 45-45",
			},
		},
		"UndisclosedAlone": {
			reason: "each owner may have it, and so may somebody of whom nothing is known",
			graph:  "t:SG < 10 x/person:CN; t < 30 clean/person:SG; t < 5 ?ghost",
			party:  "t", rule: undisclosed(as(ownership.SingleOwner)),
			want: []string{
				"coalition [x]",
				"  Shareholding 10-70, undisclosed 55, definite false, possible true: x 10-10 ghost 5-5?",
				"coalition []",
				"  Shareholding 0-60, undisclosed 55, definite false, possible true: ghost 5-5?",
			},
		},
		"Clear": {
			reason: "nobody restricts it",
			graph:  "t:SG < 10 x:CN", party: "t", rule: as(ownership.SameJurisdiction),
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Build(t, tc.graph)
			n := graphtest.Node(t, g, tc.party)
			o := g.At(anyDay).Trace(tc.rule, graphtest.Start(g, "CN", "RU"))
			for range 2 { // the second time what was made for the first is used again
				coalitions, leftOut := o.Restricting(n, 10)
				if diff := cmp.Diff(tc.want, describe(g, n, coalitions, 10)); diff != "" || leftOut != 0 {
					t.Errorf("%s: %d left out (-want +got):\n%s", tc.reason, leftOut, diff)
				}
			}
		})
	}
}

func TestRestrictingIsBounded(t *testing.T) {
	var text strings.Builder
	for n := range 20 {
		fmt.Fprintf(&text, "t:SG < control x%02d:CN; t < 1 x%02d\n", n, n)
	}
	g := graphtest.Build(t, text.String())
	n := graphtest.Node(t, g, "t")
	rule := defaults
	rule.Aggregation = ownership.SingleOwner
	o := g.At(anyDay).Trace(rule, graphtest.Start(g, "CN"))
	coalitions, leftOut := o.Restricting(n, 3)
	if len(coalitions) != 3 || leftOut != 17 || g.Label(coalitions[2].Seeds[0]) != "x02" {
		t.Errorf("%d coalitions and %d left out, want 3 and 17", len(coalitions), leftOut)
	}
	o = g.At(anyDay).Trace(defaults, graphtest.Start(g, "CN"))
	coalitions, _ = o.Restricting(n, 3)
	want := []string{
		"  Shareholding 20-20, definite false, possible false: x00 1-1 x01 1-1 and 18 more",
		"  Control 0-0, definite true, possible true: x00 0-0 x01 0-0 and 18 more",
	}
	if diff := cmp.Diff(want, describe(g, n, coalitions, 2)[1:]); diff != "" {
		t.Errorf("a bounded list adds up all (-want +got):\n%s", diff)
	}
	if !coalitions[0].Seed(graphtest.Node(t, g, "x07")) || coalitions[0].Seed(n) {
		t.Error("Seed says who is one")
	}
}
