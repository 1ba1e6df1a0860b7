package ownership_test

import (
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// TestTheSameSharesCountOnce says what restricted holders have at least and at
// most where shares are told several times, or are of several sorts.
func TestTheSameSharesCountOnce(t *testing.T) {
	jointly := func(r *ownership.Rule) { r.EachHoldsAll = true }
	tests := map[string]struct {
		reason, graph      string
		change             func(*ownership.Rule)
		cascade, effective string // of t; "" for no more than nothing
	}{
		"DirectAndIndirectAdd": {
			reason: "what one holder has itself and what it has through others are different shares",
			graph:  "t:SG < 30 p:CN; t < 30 p indirect", cascade: "60 to 60", effective: "60 to 60",
		},
		"SameDirectnessOverlaps": {
			reason: "two records of one directness may tell the same",
			graph:  "t:SG < 30 p:CN; t < 20 p", cascade: "30 to 50", effective: "30 to 50",
		},
		"UnsaidOverlapsBoth": {
			reason: "a record that does not say may be the sum of the two others",
			graph:  "t:SG < 30 p:CN; t < 20 p indirect; t < 55 p unsaid", cascade: "55 to 100", effective: "55 to 100",
		},
		"UnsaidIsLess": {
			reason: "or a part of them",
			graph:  "t:SG < 30 p:CN; t < 30 p indirect; t < 40 p unsaid", cascade: "60 to 100", effective: "60 to 100",
		},
		"Classes": {
			reason: "classes of shares are different shares; a record without one may be any of them",
			graph:  "t:SG < 30 p:CN class:a; t < 25 p class:b; t < 5 p unsaid class:b; t < 50 p", cascade: "55 to 100", effective: "55 to 100",
		},
		"ClassesAndDirectness": {
			reason: "a class of which nobody says whether it is direct is not another class that is",
			graph:  "t:SG < 30 p:CN unsaid class:a; t < 25 p class:b", cascade: "55 to 55", effective: "55 to 55",
		},
		"DeclaredIsMore": {
			reason: "of two chains only one is shown: what is declared in all is not lost",
			graph:  "t:SG < 60 p:CN through:a; a:VG < 100 p; t < 30 a", cascade: "60 to 60", effective: "60 to 60",
		},
		"ShownIsMore": {
			reason: "what is declared is not added to what is shown",
			graph:  "t:SG < 20 p:CN through:a; a:VG < 100 p; t < 30 a", cascade: "30 to 30", effective: "30 to 30",
		},
		"TwoChains": {
			reason: "the standard's example: 50 % directly, 50 % through two companies that have 25 % each",
			graph:  "t:SG < 50 p:CN; t < 50 p through:a,b; a:VG < 100 p; b:VG < 100 p; t < 25 a; t < 25 b", cascade: "100 to 100", effective: "100 to 100",
		},
		"RestrictedForAnotherReason": {
			reason: "the chain passes through a party that is blocked itself",
			graph:  "t:SG < 30 p:CN through:a; a:RU < 50 p; t < 60 a", cascade: "60 to 60", effective: "60 to 60",
		},
		"HolderIsClean": {
			reason: "what a clean holder has through a blocked one is that one's",
			graph:  "t:SG < 60 p:SG through:a; a:CN < 100 p; t < 60 a", cascade: "60 to 60", effective: "60 to 60",
		},
		"ChainIsNotRestricted": {
			reason: "the company between is not restricted, but who holds through it is",
			graph:  "t:SG < 24 p:CN through:a; a:VG < 40 p; t < 60 a", cascade: "24 to 24", effective: "24 to 24",
		},
		"ChainOfDeclarations": {
			reason:  "each of a chain declares all that is below it: they are the same shares",
			graph:   "t:SG < 40 p:CN through:q,a; q:VG < 100 p; t < 40 q through:a; a:VG < 100 q; t < 40 a",
			cascade: "40 to 40", effective: "40 to 40",
		},
		"Siblings": {
			reason: "two who hold through one company have different shares of it; what they declare beyond it is not lost",
			graph:  "t:SG < 40 p:CN through:a; t < 40 q:CN through:a; a:SG < 50 p; a < 50 q; t < 20 a", cascade: "80 to 80", effective: "80 to 80",
		},
		"OneInTwoGroups": {
			reason: "what is certainly another share is added",
			graph:  "t:SG < 60 p:CN through:a; t < 5 q:CN through:a,b; a:CN; b:CN; t < 30 a; t < 40 b", cascade: "100 to 100", effective: "100 to 100",
		},
		"Ranges": {
			reason: "on each bound the larger counts",
			graph:  "t:SG < (25,50] p:CN through:a; a:VG < 100 p; t < [30,40] a", cascade: "30 to 50", effective: "30 to 50",
		},
		"BesideOthers": {
			reason: "a group counts once beside what others have",
			graph:  "t:SG < 30 p:CN through:a; a:VG < 100 p; t < 30 a; t < 25 r:RU", cascade: "55 to 55", effective: "55 to 55",
		},
		"ThroughWithoutHolding": {
			reason: "parties between of whom nothing is shown in the subject leave the declared share",
			graph:  "t:SG < 60 p:CN through:?a", cascade: "60 to 60", effective: "60 to 60",
		},
		"ThroughWhomIsNotSaid": {
			reason: "P has all of M: what P has indirectly may be what M has, or more",
			graph:  "t:SG < 30 p:CN indirect; m:VG < 100 p; t < 30 m", cascade: "30 to 60", effective: "30 to 60",
		},
		"ThroughWhomIsNotSaidFarAway": {
			reason: "also where others stand between",
			graph:  "t:SG < 40 p:CN indirect; a:VG < 60 p; b:VG < 60 a; t < 30 b", cascade: "40 to 70", effective: "40 to 50.8",
		},
		"ThroughSomebodyElse": {
			reason: "a company in which P has nothing is not between",
			graph:  "t:SG < 30 p:CN indirect; m:VG < 100 q:RU; t < 30 m", cascade: "60 to 60", effective: "60 to 60",
		},
		"PartsMultiply": {
			reason: "by Effective the declared share and what the chain makes of it are compared, and here they are the same",
			graph:  "t:SG < 30 p:CN through:a; a:VG < 50 p; t < 60 a", cascade: "30 to 30", effective: "30 to 30",
		},
		"Circle": {
			reason: "two who hold through each other have the same shares",
			graph:  "t:SG < 30 p:CN through:q; t < 40 q:CN through:p", cascade: "40 to 40", effective: "40 to 40",
		},
		"OnlyDirectCaps": {
			reason: "what is held through others may be held through the blocked one",
			graph:  "t:SG < [25,75] c:CN; t < 60 p:SG indirect", cascade: "25 to 75", effective: "25 to 75",
		},
		"UnsaidDoesNotCap": {
			reason: "nor does what may be held through others",
			graph:  "t:SG < [25,75] c:CN; t < 60 p:SG unsaid", cascade: "25 to 75", effective: "25 to 75",
		},
		"DirectCaps": {
			reason: "what a clean holder has itself nobody else has",
			graph:  "t:SG < [25,75] c:CN; t < 60 p:SG", cascade: "25 to 40", effective: "25 to 40",
		},
		"DirectPartCaps": {
			reason: "of a clean holder only what it has itself caps",
			graph:  "t:SG < [25,75] c:CN; t < 40 p:SG; t < 20 p indirect", cascade: "25 to 60", effective: "25 to 60",
		},
		"ChainDoesNotCap": {
			reason: "a clean company through which the blocked one holds takes nothing away from it",
			graph:  "t:SG < [25,75] c:CN through:k; k:SG < 45 c; t < 60 k", cascade: "25 to 75", effective: "27 to 75",
		},
		"IndirectIsNotCapped": {
			reason: "what is held through nobody knows whom may be held through the direct holder",
			graph:  "t:SG < [25,75] c:CN indirect; t < 60 k:SG", cascade: "25 to 75", effective: "25 to 75",
		},
		"ShownIsCapped": {
			reason: "the direct holder at the end of a chain has no more than others leave",
			graph:  "t:SG < [25,75] c:CN through:a; a:VG < 100 c; t < [25,75] a; t < 60 k:SG", cascade: "25 to 40", effective: "25 to 40",
		},
		"CapNotBelowCertain": {
			reason: "the cap never goes below what is certainly held",
			graph:  "t:SG < [30,40] c:CN; t < 80 k:SG", cascade: "30 to 30", effective: "30 to 30",
		},
		"CapNotBelowCertainUnsaid": {
			reason: "nor where nobody says that it is direct",
			graph:  "t:SG < [30,40] c:CN unsaid; t < 80 k:SG", cascade: "30 to 30", effective: "30 to 30",
		},
		"OwnShares": {
			reason: "who holds a company holds what it has of itself in proportion: 45 of 80; by Cascade own shares are nobody else's",
			graph:  "t:SG < 45 x:CN; t < 20 t; t < 35 k:SG", cascade: "45 to 45", effective: "56.25 to 56.25",
		},
		"OwnSharesThroughAnother": {
			reason: "the same through a company that it has all of",
			graph:  "t:SG < 45 x:CN; s:SG < 100 t; t < 20 s; t < 35 k:SG", cascade: "45 to 45", effective: "56.25 to 56.25",
		},
		"OwnSharesCap": {
			reason: "own shares are certainly not the blocked holder's by Cascade, and by Effective in proportion",
			graph:  "t:SG < [60,90] x:CN; t < 20 t", cascade: "60 to 80", effective: "75 to 100",
		},
		"JointAsDeclared": {
			reason: "each counts with what is declared",
			graph:  "t:SG < 30 p:CN joint:f; t < 30 q:SG joint:f", cascade: "30 to 30", effective: "30 to 30",
		},
		"JointEachHoldsAll": {
			reason: "each counts with all of it", change: jointly,
			graph: "t:SG < 30 p:CN joint:f; t < 30 q:SG joint:f; t < 40 k:SG", cascade: "60 to 60", effective: "60 to 60",
		},
		"JointCountsOnce": {
			reason: "two restricted joint holders have it once", change: jointly,
			graph: "t:SG < 30 p:CN joint:f; t < 30 q:CN joint:f; t < 20 r:RU joint:g; t < 10 k:SG joint:g", cascade: "90 to 90", effective: "90 to 90",
		},
		"JointIndirect": {
			reason: "two restricted joint holders have it once, also where they have it through others", change: jointly,
			graph: "t:SG < [0,30] p:CN joint:f indirect; t < [0,30] q:CN joint:f indirect", cascade: "0 to 60", effective: "0 to 60",
		},
		"JointAndSole": {
			reason: "what is held solely may be the same as what is held jointly, unless it is said to be another class", change: jointly,
			graph: "t:SG < 30 p:CN joint:f; t < 30 q:SG joint:f; t < 10 p", cascade: "60 to 70", effective: "60 to 70",
		},
		"JointArrangement": {
			reason: "each holder of a joint arrangement has all of it", change: jointly,
			graph: "t:SG < 60 a/joint; a < 50 p:CN; a < 50 q:SG", cascade: "60 to 60", effective: "60 to 60",
		},
		"JointArrangementAsDeclared": {
			reason: "or as declared half of it, which is not more than half",
			graph:  "t:SG < 60 a/joint; a < 50 p:CN; a < 50 q:SG", cascade: "", effective: "30 to 30",
		},
		"JointPart": {
			reason: "of a joint holding is held what is held of the one of whom most is", change: jointly,
			graph: "t:SG < 40 a:VG joint:f; t < 40 b:VG joint:f; a < 40 p:CN; b < 30 p", cascade: "", effective: "32 to 32",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Build(t, tc.graph)
			for method, want := range map[ownership.Method]string{ownership.Cascade: tc.cascade, ownership.Effective: tc.effective} {
				rule := defaults
				rule.Method = method
				if tc.change != nil {
					tc.change(&rule)
				}
				if got := heldOf(t, g, rule); got != want {
					t.Errorf("%s: method %d: t is held %q, want %q", tc.reason, method, got, want)
				}
			}
		})
	}
}

// heldOf is what those in CN or RU have of t, "" for nothing.
func heldOf(t *testing.T, g *ownership.Graph, rule ownership.Rule) string {
	t.Helper()
	outcome := g.At(anyDay).Trace(rule, graphtest.Start(g, "CN", "RU"))
	for seed := range ownership.Node(g.Len()) {
		// All count together: whoever is restricted belongs to the one coalition.
		for _, c := range restricting(outcome, seed) {
			for _, tally := range c.Tallies(graphtest.Node(t, g, "t"), 100) {
				checkAdds(t, tally)
				return tally.Lower.String() + " to " + tally.Upper.String()
			}
		}
	}
	return ""
}

func restricting(o *ownership.Outcome, n ownership.Node) []*ownership.Coalition {
	all, _ := o.Restricting(n, 10)
	return all
}

// checkAdds wants what is said to be added of each holding to be what is added up.
func checkAdds(t *testing.T, tally ownership.Tally) {
	t.Helper()
	sum := ownership.Percent(0)
	for _, c := range tally.Counted {
		if tally.Method == ownership.Cascade && c.Definite {
			sum += c.Adds.Lower
		}
	}
	if tally.Method == ownership.Cascade && min(sum, ownership.Whole) != tally.Lower {
		t.Errorf("%s of the holdings are added, but at least %s are held", sum, tally.Lower)
	}
}
