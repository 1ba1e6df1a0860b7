package residency_test

import (
	"fmt"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// clique is of parties of which each holds as much in each other one, and all
// together nearly so much of each. The first three sit in CN.
func clique(parties int, together ownership.Percent) *ownership.Graph {
	var b ownership.Builder
	for i := range parties {
		p := ownership.Party{Key: fmt.Sprintf("p%d", i), Type: ownership.Company}
		p.Jurisdictions.Incorporation = "SG"
		if i < 3 {
			p.Jurisdictions.Incorporation = "CN"
		}
		b.AddParty(p)
		for j := range parties {
			if share := together / ownership.Percent(parties); i != j {
				b.AddInterest(ownership.Interest{
					Holder: ownership.Ref{Key: fmt.Sprintf("p%d", j)}, Subject: ownership.Ref{Key: p.Key},
					Share: ownership.Share{Lower: share, Upper: share}, Directness: ownership.Direct,
				})
			}
		}
	}
	return b.Build()
}

// explaining counts allocations when a party of a clique is explained.
func explaining(t *testing.T, g *ownership.Graph, a ownership.Aggregation, m ownership.Method) float64 {
	t.Helper()
	limits := residency.ExplainLimits
	limits.Parties = 10_000 // more than there are holdings
	p := newPolicy(t, func(p *residency.Policy) { p.Rule.Aggregation, p.Rule.Method = a, m })
	return testing.AllocsPerRun(1, func() {
		d := residency.ExplainParty(p, g, ownership.Ref{Key: "p5"}, noon, limits)
		if d.Findings[0].Cause == nil || len(d.Findings[0].Cause.Tallies) == 0 {
			t.Fatal("nothing is told")
		}
	})
}

// TestExplainingACliqueGrowsWithIt counts allocations and not seconds: of twice as
// many parties that all hold each other there are four times as many holdings to
// tell, and no more than that is done for each.
func TestExplainingACliqueGrowsWithIt(t *testing.T) {
	for _, tc := range []struct {
		aggregation ownership.Aggregation
		method      ownership.Method
		reason      string
	}{
		{ownership.AllRestricted, ownership.Cascade, "one coalition"},
		{ownership.SameJurisdiction, ownership.Cascade, "one for each country"},
		{ownership.SingleOwner, ownership.Cascade, "one for each seed"},
		{ownership.AllRestricted, ownership.Effective, "one coalition that holds a part of each party"},
		{ownership.SingleOwner, ownership.Either, "coalitions of both sorts"},
	} {
		small := explaining(t, clique(12, ownership.Whole/2), tc.aggregation, tc.method)
		large := explaining(t, clique(24, ownership.Whole/2), tc.aggregation, tc.method)
		if large > 4.5*small {
			t.Errorf("%s: %.0f allocations for 24 parties, %.0f for 12", tc.reason, large, small)
		}
	}
}

// TestExplainingSolvesALoopOnce is about a loop that only rational numbers can
// tell: it is solved once, and not for each party in which a holder of it has a
// share.
func TestExplainingSolvesALoopOnce(t *testing.T) {
	const parties, mostPerHolding = 24, 100
	got := explaining(t, clique(parties, ownership.Whole*99/100), ownership.AllRestricted, ownership.Effective)
	if got > parties*parties*mostPerHolding {
		t.Errorf("%.0f allocations for %d parties", got, parties)
	}
}
