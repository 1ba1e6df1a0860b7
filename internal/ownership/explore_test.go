package ownership_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// clique is of parties of which each holds as much in each other one. Every
// other one sits in CN or RU.
func clique(parties int, share string) string {
	var text strings.Builder
	for i := range parties {
		fmt.Fprintf(&text, "p%d:%s\n", i, [...]string{"CN", "SG", "RU", "SG"}[i%4])
	}
	for i := range parties {
		for j := range parties {
			if i != j {
				fmt.Fprintf(&text, "p%d < %s p%d\n", i, share, j)
			}
		}
	}
	return text.String()
}

// TestCoalitionsAreRunOnce counts steps: whoever asks about every party of a
// graph has each coalition run once, and each holding of parties that hold each
// other followed once up and once down, within each bound.
func TestCoalitionsAreRunOnce(t *testing.T) {
	const parties, edges = 24, 24 * 23
	const seeds = parties / 2
	tests := map[string]struct {
		reason, graph   string
		rule            ownership.Rule
		runs, mostSteps int
	}{
		"Owners":      {"each seed is a coalition", clique(parties, "60"), ownership.Rule{Aggregation: ownership.SingleOwner}, seeds, 4 * edges},
		"Undisclosed": {"and there is one of what is not known", clique(parties, "[1,3]"), ownership.Rule{Aggregation: ownership.SingleOwner, UndisclosedPossible: true}, seeds + 1, 4 * edges},
		"Countries":   {"each country is one", clique(parties, "9"), ownership.Rule{Aggregation: ownership.SameJurisdiction}, 2, 4 * edges},
		"Effective":   {"so it is with parts", clique(parties, "4"), ownership.Rule{Aggregation: ownership.SingleOwner, Method: ownership.Effective}, seeds, 4 * edges},
		"Either":      {"and with both methods", clique(parties, "[2,4]"), ownership.Rule{Aggregation: ownership.SameJurisdiction, Method: ownership.Either}, 2, 4 * edges},
		"Together":    {"all together need no run but the first", clique(parties, "60"), ownership.Rule{Method: ownership.Either}, 0, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Build(t, tc.graph)
			rule := defaults
			rule.Aggregation, rule.Method, rule.UndisclosedPossible = tc.rule.Aggregation, tc.rule.Method, tc.rule.UndisclosedPossible
			o := g.At(anyDay).Trace(rule, graphtest.Start(g, "CN", "RU"))
			found := 0
			for range 2 {
				for n := range ownership.Node(g.Len()) {
					restricting, _ := o.Restricting(n, parties)
					holding, _ := o.Holding(n, parties)
					found += len(restricting) + len(holding)
				}
			}
			runs, steps := ownership.Explored(o)
			if found == 0 || runs != tc.runs || steps > tc.mostSteps {
				t.Errorf("%s: %d coalitions are told after %d runs and %d steps; want %d runs and at most %d steps",
					tc.reason, found, runs, steps, tc.runs, tc.mostSteps)
			}
		})
	}
}
