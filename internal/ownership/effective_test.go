package ownership_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// effectively is the default rule with the method Effective.
func effectively(threshold ownership.Percent, c ownership.Comparison) ownership.Rule {
	r := defaults
	r.Method, r.Threshold, r.Comparison = ownership.Effective, threshold, c
	return r
}

// partOf finds out how much of a party is held, by asking with thresholds what
// is at least, and possibly at most, that much: every answer is a decision.
func partOf(t *testing.T, g *ownership.Graph, party string, change func(*ownership.Rule)) ownership.Share {
	t.Helper()
	n, start := graphtest.Node(t, g, party), graphtest.Start(g, "CN", "RU")
	passes := func(threshold ownership.Percent, possibly bool) bool {
		rule := effectively(threshold, ownership.AtLeast)
		if change != nil {
			change(&rule)
		}
		o := g.At(anyDay).Trace(rule, start)
		if possibly {
			return o.Possible(n)
		}
		return o.Definite(n)
	}
	most := func(possibly bool) ownership.Percent {
		low, high := ownership.Percent(0), ownership.Whole+1
		for high-low > 1 {
			if middle := (low + high) / 2; passes(middle, possibly) {
				low = middle
			} else {
				high = middle
			}
		}
		return low
	}
	return ownership.Share{Lower: most(false), Upper: most(true)}
}

func TestEffectiveMultipliesSharesAlongPaths(t *testing.T) {
	undisclosed := func(r *ownership.Rule) { r.UndisclosedPossible = true }
	tests := map[string]struct {
		reason, graph, party string
		// want are whole units of what is held at least and at most: rounded down.
		want   string
		change func(*ownership.Rule)
	}{
		"ChainOfHalves":          {"X 50 A, A 50 B", "a:SG < 50 x:CN; b:SG < 50 a", "b", "25-25", nil},
		"TwoBranches":            {"X 50 A, X 50 B, A 25 C, B 25 C", "a:SG < 50 x:CN; b:SG < 50 x; c:SG < 25 a; c < 25 b", "c", "25-25", nil},
		"DirectAndIndirect":      {"X 50 A, X 10 B, A 40 B", "a:SG < 50 x:CN; b:SG < 10 x; b < 40 a", "b", "30-30", nil},
		"ThreeMajorities":        {"X 51 A, A 51 B, B 51 C", "a:SG < 51 x:CN; b:SG < 51 a; c:SG < 51 b", "c", "13.2651-13.2651", nil},
		"MinorityOfALargeHolder": {"X 49 A, A 70 T, X 30 T", "a:SG < 49 x:CN; t:SG < 70 a; t < 30 x", "t", "64.3-64.3", nil},
		"FiveHoldcosBelow": {"five holding companies, X 49 each, each 20 T", `h1:SG < 49 x:CN; h2:SG < 49 x; h3:SG < 49 x; h4:SG < 49 x; h5:SG < 49 x
			t:SG < 20 h1; t < 20 h2; t < 20 h3; t < 20 h4; t < 20 h5`, "t", "49-49", nil},
		"TwoOwners":            {"X 26 T, Y 25 T, both blocked", "t:SG < 26 x:CN; t < 25 y:RU", "t", "51-51", nil},
		"TwoOwnersSingly":      {"each by itself", "t:SG < 26 x:CN; t < 25 y:RU", "t", "26-26", func(r *ownership.Rule) { r.Aggregation = ownership.SingleOwner }},
		"TwoCountries":         {"each country by itself", "t:SG < 26 x:CN; t < 25 y:RU; t < 2 z:RU", "t", "27-27", func(r *ownership.Rule) { r.Aggregation = ownership.SameJurisdiction }},
		"MutualMinorities":     {"X 40 A, B 40 A, A 40 B, X 40 B", "a:SG < 40 x:CN; a < 40 b:SG; b < 40 a; b < 40 x", "a", "66.6666666-66.6666666", nil},
		"LoopBesideASmallSeed": {"X 10 A, B 60 A, A 60 B", "a:SG < 10 x:CN; a < 60 b:SG; b < 60 a", "b", "9.375-9.375", nil},
		"ExclusiveBands":       {"X (25,50] T and Y (25,50] T", "t:SG < (25,50] x:CN; t < (25,50] y:RU", "t", "50.0000002-100", nil},
		"UndisclosedRest":      {"X 45, clean 30, rest unknown", "t:SG < 45 x:CN; t < 30 clean/person:SG", "t", "45-70", undisclosed},

		"Seed":            {"a seed is held whole", "x:CN", "x", "100-100", nil},
		"Nobody":          {"nothing is nothing", "x:CN; t:SG", "t", "0-0", nil},
		"LoopWithoutSeed": {"a closed loop is not held by anybody", "a:SG < 100 b:SG; b < 100 a; x:CN", "a", "0-0", nil},
		"LoopBelowALoop":  {"a closed loop that holds something has nothing to hand on", "a:SG < 100 b:SG; b < 100 a; t:SG < 60 a; t < 40 x:CN", "t", "40-40", nil},
		"ThroughASeedsLoop": {"what a seed is held by makes no difference to it", "x:CN < 60 a:SG; a < 60 x; t:SG < 50 a",
			"t", "30-30", nil},
		"Thirds":       {"a third of a third and two thirds", "a:SG < 33.3333333 x:CN; t:SG < 33.3333333 a; t < 66.6666666 x", "t", "77.7777776-77.7777776", nil},
		"Range":        {"both ends of the ranges multiply", "a:SG < [40,60] x:CN; t:SG < [50,100] a", "t", "20-60", nil},
		"Unknown":      {"an unknown share is anything", "a:SG < ? x:CN; t:SG < 60 a", "t", "0-60", nil},
		"Capped":       {"what others hold for certain is not there", "t:SG < [0,60] x:CN; t < 55 clean:SG", "t", "0-45", nil},
		"CappedByPart": {"room goes to those of whom most is held first", "a:SG < 50 x:CN; t:SG < [10,60] a; t < [20,60] x; t < 30 clean:SG", "t", "25-65", nil},
		"CappedByParts": {"also among those of whom only parts are held", `a:SG < 20 x:CN; b:SG < 80 x; t:SG < [10,60] a; t < [10,60] b
			t < 40 clean/person:NL`, "t", "10-42", nil},
		"CappedByLoops": {"and in loops", `a:SG < 20 x:CN; b:SG < 80 x; t:SG < [10,60] a; t < [10,60] b; t < 40 c:SG
			c < 0.0000001 t`, "t", "10-42", nil},
		"NoRoom": {"lower bounds of 100 % leave no room", "a:SG < 50 x:CN; t:SG < [60,90] a; t < [40,80] clean:SG; t < [0,10] x", "t", "30-30", nil},
		"MoreThanWhole": {"contradictory data can't make more than 100 %",
			"t:SG < 80 x:CN; t < 80 y:CN; u:SG < 50 t", "u", "50-50", nil},
		"MoreThanWholeInPart": {"nor do they hide anything", "a:SG < 50 x:CN; t:SG < 80 a; t < 80 clean:SG", "t", "40-40", nil},
		"MoreThanWholeInALoop": {"a loop that grows ends at 100 %",
			"a:SG < 100 b:SG; a < 10 x:CN; b < 100 a", "b", "100-100", nil},
		"MoreThanWholeBesideALoop": {"a cap in a loop that doesn't grow", "a:SG < 60 b:SG; a < 10 x:CN; a < 80 clean:SG; b < 100 a",
			"b", "25-25", nil},
		"Control":         {"control hands the part on", "a:SG < 30 x:CN; b:SG < control a; t:SG < 50 b; t < 10 x", "t", "25-25", nil},
		"ControlOfASeed":  {"a seed that controls has it all", "b:SG < control x:CN; t:SG < 70 b", "t", "70-70", nil},
		"ControlBoth":     {"the larger part counts of two who control", "a:SG < 30 x:CN; b:SG < 60 x; t:SG < control a; t < control b; t < 20 x", "t", "60-60", nil},
		"ControlIgnored":  {"unless it is ignored", "b:SG < control x:CN; t:SG < 70 b; b < 10 x", "t", "7-7", func(r *ownership.Rule) { r.ControlRestricts = false }},
		"ControlLoop":     {"two who control each other", "a:SG < control b:SG; b < control a; a < 35 x:CN", "b", "35-35", nil},
		"MixedKinds":      {"shares, then votes: the larger kind at each step", "a:SG < 80 x:CN; a < votes 20 x; t:SG < votes 75 a; t < 10 a", "t", "60-60", nil},
		"KindsNotSummed":  {"kinds are not added", "t:SG < 30 x:CN; t < votes 40 x", "t", "40-40", nil},
		"KindLeftOut":     {"a kind that is not asked for", "t:SG < 30 x:CN; t < votes 40 x", "t", "30-30", func(r *ownership.Rule) { r.VotingRights = false }},
		"MixedKindsLoop":  {"a loop of shares and votes", "a:SG < 50 x:CN; a < votes 90 b:SG; b < 60 a; b < votes 10 x", "a", "50-50", nil},
		"UndisclosedAll":  {"nobody has said anything about a holder", "t:SG < 40 a:SG; t < 60 ada/person:NL", "t", "0-40", undisclosed},
		"UndisclosedNot":  {"nobody owns a person", "t:SG < 40 bo/person:SG; t < 60 ada/person:NL; x:CN", "t", "0-0", undisclosed},
		"UnknownHolder":   {"a person of whom nothing is known", "t:SG < 40 bo/person; t < 60 ada/person:NL; x:CN", "t", "0-40", undisclosed},
		"UndisclosedLoop": {"a loop with an undisclosed part", "a:SG < 40 b:SG; a < 50 ada/person:NL; b < 100 a", "b", "0-16.6666666", undisclosed},
		"TinyExit": {"a loop that hardly lets anything out",
			"a:SG < 99.9999998 b:SG; a < 0.0000001 x:CN; a < 0.0000001 clean/person:NL; b < 100 a", "b", "50-50", nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := partOf(t, graphtest.Build(t, tc.graph), tc.party, tc.change)
			if text := fmt.Sprintf("%s-%s", got.Lower, got.Upper); text != tc.want {
				t.Errorf("%s: %s is held %s %%, want %s %%", tc.reason, tc.party, text, tc.want)
			}
		})
	}
}

// TestTiesAreDecidedExactly has parties of which exactly the threshold is held.
func TestTiesAreDecidedExactly(t *testing.T) {
	tests := map[string]struct {
		reason, graph string
		threshold     ownership.Percent
		// above is whether it is a little more than the threshold.
		above bool
	}{
		"Direct":     {"50 is 50", "t:SG < 50 x:CN", 50 * percent, false},
		"Chain":      {"a half of the whole of the whole", "a:SG < 100 x:CN; b:SG < 100 a; t:SG < 50 b", 50 * percent, false},
		"ThreeSteps": {"0.51 three times", "a:SG < 51 x:CN; b:SG < 51 a; t:SG < 51 b", 132_651_000, false},
		"Loop":       {"X 25 T, A 50 T, T 100 A: T = 1/4 + T/2", "t:SG < 25 x:CN; t < 50 a:SG; a < 100 t", 50 * percent, false},
		"LoopInALoop": {"shares go round between c and t, and only votes reach them", `a:SG < 40 x:CN; a < votes 10 t:SG
			c:SG < 100 t; c < votes 50 a; t < 100 c`, 20 * percent, false},
		"ThirdsMeet":  {"a is 1/3 by a loop; t = 3/2 · 1/3", "a:SG < 25 x:CN; a < 25 b:SG; b < 100 a; t:SG < 75 a; t < 25 x", 50 * percent, false},
		"ThirdsAbove": {"one unit more makes it more", "a:SG < 25 x:CN; a < 25 b:SG; b < 100 a; t:SG < 75 a; t < 25.0000001 x", 50 * percent, true},
		"LongProduct": {"a product finer than floating point sees", "a:SG < 99.9999999 x:CN; b:SG < 99.9999999 a; t:SG < 50 b; t < 0.0000001 x", 50 * percent, true},
		"LongBelow":   {"one part in 10¹⁸ below", "a:SG < 99.9999999 x:CN; b:SG < 99.9999999 a; c:SG < 100 b; t:SG < 50 c; t < 0.0000000 x; t < 0.0000001 a", 50 * percent, false},
		"Nothing":     {"MoreThan 0 means anything at all", "a:SG < 0.0000001 x:CN; b:SG < 0.0000001 a; t:SG < 0.0000001 b", 0, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := verdict(t, tc.graph, "t", effectively(tc.threshold, ownership.MoreThan), anyDay)
			if want := map[bool]string{false: "Clear", true: "Restricted"}[tc.above]; got != want {
				t.Errorf("%s: MoreThan says %s, want %s", tc.reason, got, want)
			}
			if strings.Contains(name, "Below") {
				return
			}
			if got := verdict(t, tc.graph, "t", effectively(tc.threshold, ownership.AtLeast), anyDay); got != "Restricted" {
				t.Errorf("%s: AtLeast says %s, want Restricted", tc.reason, got)
			}
		})
	}
}
