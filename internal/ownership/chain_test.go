package ownership_test

import (
	"fmt"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// TestALongChainOfSeeds takes a moment. It would take minutes if each seed's
// coalition were run by itself, and end in a stack overflow with recursion.
func TestALongChainOfSeeds(t *testing.T) {
	const length = 50_000
	var w graphtest.World
	name := func(n int) string { return fmt.Sprintf("p%06d", n) }
	for n := range length {
		p := ownership.Party{Key: name(n), Type: ownership.Company}
		// Every second party is a seed; holders come last by name.
		p.Jurisdictions.Headquarters = "CN"
		if n%2 == 0 {
			p.Jurisdictions.Headquarters = "SG"
		}
		w.Parties = append(w.Parties, p)
		w.Interests = append(w.Interests, ownership.Interest{
			Holder: ownership.Ref{Key: name((n + 1) % length)}, Subject: ownership.Ref{Key: name(n)},
			Share: ownership.Share{Lower: 51 * percent, Upper: 60 * percent},
		})
	}
	g := w.Graph()
	start := graphtest.Start(g, "CN")
	for _, a := range []ownership.Aggregation{ownership.AllRestricted, ownership.SameJurisdiction, ownership.SingleOwner} {
		rule := defaults
		rule.Aggregation = a
		o := g.At(anyDay).Trace(rule, start)
		for n := range ownership.Node(length) {
			if !o.Definite(n) {
				t.Fatalf("aggregation %d: %s is not restricted", a, g.Label(n))
			}
		}
		coalitions, leftOut := o.Restricting(0, 2)
		if len(coalitions) == 0 || len(coalitions)+leftOut > length/2 {
			t.Errorf("aggregation %d: %d coalitions, %d left out", a, len(coalitions), leftOut)
		}
	}
}
