package ownership_test

import (
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// anyDay is the day of tests in which nothing depends on the day.
var anyDay = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// defaults is the rule that a policy has by default.
var defaults = ownership.Rule{
	Threshold: ownership.Whole / 2, Comparison: ownership.MoreThan,
	Shareholding: true, VotingRights: true, ControlRestricts: true,
}

// atLeast is the rule with the other comparison.
func atLeast(r ownership.Rule) ownership.Rule {
	r.Comparison = ownership.AtLeast
	return r
}

// verdict traces from everybody in CN or RU and says what a party is.
func verdict(t *testing.T, text, party string, rule ownership.Rule, at time.Time) string {
	t.Helper()
	g := graphtest.Build(t, text)
	n := graphtest.Node(t, g, party)
	o := g.At(at).Trace(rule, graphtest.Start(g, "CN", "RU"))
	switch {
	case o.Definite(n) && !o.Possible(n):
		t.Fatalf("%s is definitely but not possibly restricted", party)
		return ""
	case o.Definite(n):
		return "Restricted"
	case o.Possible(n):
		return "Indeterminate"
	default:
		return "Clear"
	}
}

func TestTheTableOfTheDesign(t *testing.T) {
	tests := map[string]struct {
		reason                    string
		graph, party              string
		wantAtLeast, wantMoreThan string
		change                    func(*ownership.Rule)
	}{
		"ChainOfHalves": {
			reason: "X 50 A, A 50 B: a restricted holder counts whole",
			graph:  "a:SG < 50 x:CN; b:SG < 50 a", party: "b",
			wantAtLeast: "Restricted", wantMoreThan: "Clear",
		},
		"TwoBranches": {
			reason: "X 50 A, X 50 B, A 25 C, B 25 C",
			graph:  "a:SG < 50 x:CN; b:SG < 50 x; c:SG < 25 a; c < 25 b", party: "c",
			wantAtLeast: "Restricted", wantMoreThan: "Clear",
		},
		"DirectAndIndirect": {
			reason: "X 50 A, X 10 B, A 40 B",
			graph:  "a:SG < 50 x:CN; b:SG < 10 x; b < 40 a", party: "b",
			wantAtLeast: "Restricted", wantMoreThan: "Clear",
		},
		"ThreeMajorities": {
			reason: "X 51 A, A 51 B, B 51 C: a product of shares would be 13 %",
			graph:  "a:SG < 51 x:CN; b:SG < 51 a; c:SG < 51 b", party: "c",
			wantAtLeast: "Restricted", wantMoreThan: "Restricted",
		},
		"MinorityOfALargeHolder": {
			reason: "X 49 A, A 70 T, X 30 T: a holder that is not restricted counts with nothing",
			graph:  "a:SG < 49 x:CN; t:SG < 70 a; t < 30 x", party: "t",
			wantAtLeast: "Clear", wantMoreThan: "Clear",
		},
		"FiveHoldcosBelow": {
			reason: "five holdcos, X 49 each, each 20 T",
			graph: `h1:SG < 49 x:CN; h2:SG < 49 x; h3:SG < 49 x; h4:SG < 49 x; h5:SG < 49 x
				t:SG < 20 h1; t < 20 h2; t < 20 h3; t < 20 h4; t < 20 h5`, party: "t",
			wantAtLeast: "Clear", wantMoreThan: "Clear",
		},
		"TwoOwners": {
			reason: "X 26 T, Y 25 T, both blocked: all restricted holders count together",
			graph:  "t:SG < 26 x:CN; t < 25 y:RU", party: "t",
			wantAtLeast: "Restricted", wantMoreThan: "Restricted",
		},
		"TwoOwnersSingly": {
			reason: "the same with SingleOwner: no owner by itself has enough",
			graph:  "t:SG < 26 x:CN; t < 25 y:RU", party: "t",
			wantAtLeast: "Clear", wantMoreThan: "Clear",
			change: func(r *ownership.Rule) { r.Aggregation = ownership.SingleOwner },
		},
		"MutualMinorities": {
			reason: "X 40 A, B 40 A, A 40 B, X 40 B: neither may support the other first",
			graph:  "a:SG < 40 x:CN; a < 40 b:SG; b < 40 a; b < 40 x", party: "a",
			wantAtLeast: "Clear", wantMoreThan: "Clear",
		},
		"LoopBesideASmallSeed": {
			reason: "X 10 A, B 60 A, A 60 B: a loop doesn't restrict itself",
			graph:  "a:SG < 10 x:CN; a < 60 b:SG; b < 60 a", party: "b",
			wantAtLeast: "Clear", wantMoreThan: "Clear",
		},
		"ExclusiveBands": {
			reason: "X (25,50] T and Y (25,50] T: two that are above 25 are above 50",
			graph:  "t:SG < (25,50] x:CN; t < (25,50] y:RU", party: "t",
			wantAtLeast: "Restricted", wantMoreThan: "Restricted",
		},
		"UndisclosedRest": {
			reason: "X 45, clean 30, rest unknown, CountsAsPossible",
			graph:  "t:SG < 45 x:CN; t < 30 clean/person:SG", party: "t",
			wantAtLeast: "Indeterminate", wantMoreThan: "Indeterminate",
			change: func(r *ownership.Rule) { r.UndisclosedPossible = true },
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			rule := defaults
			if tc.change != nil {
				tc.change(&rule)
			}
			if got := verdict(t, tc.graph, tc.party, atLeast(rule), anyDay); got != tc.wantAtLeast {
				t.Errorf("%s: AtLeast 50 says %s, want %s", tc.reason, got, tc.wantAtLeast)
			}
			if got := verdict(t, tc.graph, tc.party, rule, anyDay); got != tc.wantMoreThan {
				t.Errorf("%s: MoreThan 50 says %s, want %s", tc.reason, got, tc.wantMoreThan)
			}
		})
	}
}

func TestTrace(t *testing.T) {
	undisclosed := func(r *ownership.Rule) { r.UndisclosedPossible = true }
	tests := map[string]struct {
		reason string
		graph  string
		rule   func(*ownership.Rule)
		// want has a verdict for each party, such as "a Restricted, b Clear".
		want string
	}{
		"Seed": {
			reason: "a seed needs no holder, on any basis",
			graph:  "x:CN; y:SG,CN; z:CN,SG; p/person:RU; state:CN; clean:SG",
			want:   "x Restricted, y Restricted, z Restricted, p Restricted, state:CN Restricted, clean Clear",
		},
		"LoopWithoutSeed": {
			reason: "cross-holdings of 100 % restrict nobody without a seed",
			graph:  "a:SG < 100 b:SG; b < 100 a",
			want:   "a Clear, b Clear",
		},
		"LoopWithSeed": {
			reason: "a seed restricts the whole loop, and each edge counts once",
			graph:  "a:SG < 60 x:CN; b:SG < 60 a; c:SG < 60 b; a < 40 c",
			want:   "a Restricted, b Restricted, c Restricted",
		},
		"LoopCompletes": {
			reason: "b is restricted by a alone, and then completes a's sum in c",
			graph:  "a:SG < 60 x:CN; b:SG < 60 a; c:SG < 30 a; c < 30 b; c < 40 d:SG",
			want:   "c Restricted, d Clear",
		},
		"Downwards": {
			reason: "restriction runs from holder to subject, never back",
			graph:  "x:CN < 100 parent:SG",
			want:   "x Restricted, parent Clear",
		},
		"JustAbove": {
			reason: "a unit more than half is more than half",
			graph:  "a:SG < 50.0000001 x:CN; b:SG < 50 x; c:SG < 49.9999999 x",
			want:   "a Restricted, b Clear, c Clear",
		},
		"OverFifty": {
			reason: "a register's 'over 50' is definitely more than 50",
			graph:  "a:SG < (50,75) x:CN",
			want:   "a Restricted",
		},
		"RangeAcross": {
			reason: "a range on both sides of the threshold",
			graph:  "a:SG < [25,75] x:CN; b:SG < [25,50] x; c:SG < (25,50.0000001) x",
			want:   "a Indeterminate, b Clear, c Clear",
		},
		"UnknownShare": {
			reason: "an amount that is not known is possible and never definite",
			graph:  "a:SG < ? x:CN; b:SG < 100 a",
			want:   "a Indeterminate, b Indeterminate",
		},
		"CapByOthers": {
			reason: "what others hold for certain, restricted holders can't",
			graph:  "a:SG < ? x:CN; a < 50 clean:SG; b:SG < ? x; b < [49.9,60] clean",
			want:   "a Clear, b Indeterminate",
		},
		"CapLiftsWithMembership": {
			reason: "a holder that is possibly restricted caps nothing",
			graph:  "h:SG < ? x:CN; a:SG < [0,20] x; a < 60 h",
			want:   "h Indeterminate, a Indeterminate",
		},
		"CapOfNobodyElse": {
			reason: "the cap may be below the upper bounds of several restricted holders",
			graph:  "a:SG < [0,40] x:CN; a < [0,40] y:RU; a < 45 clean:SG; b:SG < [0,40] x; b < [0,40] y; b < 50 clean",
			want:   "a Indeterminate, b Clear",
		},
		"MoreThanWhole": {
			reason: "contradictory data never makes a definite verdict impossible",
			graph:  "a:SG < 60 x:CN; a < 60 clean:SG",
			want:   "a Restricted",
		},
		"Kinds": {
			reason: "each kind is summed by itself, and either one suffices",
			graph:  "a:SG < 30 x:CN; a < votes 30 x; b:SG < 10 x; b < votes 51 x",
			want:   "a Clear, b Restricted",
		},
		"OnlyShares": {
			reason: "a kind that the policy leaves out counts nothing",
			graph:  "b:SG < 10 x:CN; b < votes 51 x; c:SG < 51 x",
			rule:   func(r *ownership.Rule) { r.VotingRights = false },
			want:   "b Clear, c Restricted",
		},
		"Control": {
			reason: "control by other means restricts by itself, and only by the restricted",
			graph:  "a:SG < control x:CN; b:SG < 51 a; c:SG < control clean:SG; d:SG < control e:SG; e < ? x",
			want:   "a Restricted, b Restricted, c Clear, d Indeterminate",
		},
		"ControlIgnored": {
			reason: "the policy may say that control does not count",
			graph:  "a:SG < control x:CN; a < 20 x",
			rule:   func(r *ownership.Rule) { r.ControlRestricts = false },
			want:   "a Clear",
		},
		"Duplicates": {
			reason: "several records of one holder: the largest lower and the sum of uppers",
			graph:  `a:SG < 51 x:CN "one"; a < 50 x "two"; b:SG < 30 x "one"; b < 30 x "two"; c:SG < 20 x "one"; c < 20 x "two"`,
			want:   "a Restricted, b Indeterminate, c Clear",
		},
		"UnknownHolderIgnored": {
			reason: "a holder of whom nothing is known is clear unless the policy says otherwise",
			graph:  "a:SG < 100 ?ghost; b:SG < 100 nowhere",
			want:   "a Clear, b Clear, ghost Clear",
		},
		"UnknownHolderPossible": {
			reason: "with CountsAsPossible it is possibly a seed; but it can't hold what others do",
			graph:  "a:SG < 51 ?ghost; a < 49 p/person:SG; b:SG < 50 nowhere; b < 50 p",
			rule:   undisclosed,
			want:   "a Indeterminate, b Clear, ghost Indeterminate, nowhere Indeterminate, p Clear",
		},
		"UndisclosedRestTooSmall": {
			reason: "what is undisclosed counts only as far as it reaches",
			graph:  "a:SG < 20 x:CN; a < 50 p/person:SG; b:SG < 20 x; b < 49.9999999 p",
			rule:   undisclosed,
			want:   "a Clear, b Indeterminate",
		},
		"UndisclosedAlone": {
			reason: "the undisclosed part counts even where no seed exists",
			graph:  "a:SG < 49 p/person:SG; b:SG < 50 p; c:SG < 60 a; c < 40 p",
			rule:   undisclosed,
			want:   "a Indeterminate, b Clear, c Indeterminate",
		},
		"NothingDeclared": {
			reason: "a company without any declared holder is undisclosed as a whole; persons and states have none",
			graph:  "a:SG; t/arrangement:SG; p/person:SG; state:SG",
			rule:   undisclosed,
			want:   "a Indeterminate, t Indeterminate, p Clear, state:SG Clear",
		},
		"OneKindDeclared": {
			reason: "a kind that nobody declared is not undisclosed if another one is declared",
			graph:  "a:SG < 100 p/person:SG; b:SG < votes 100 p; c:SG < control p",
			rule:   undisclosed,
			want:   "a Clear, b Clear, c Indeterminate",
		},
		"DeclaredKindDoesNotCount": {
			reason: "a kind that the policy leaves out does not make the other one disclosed",
			graph:  "a:SG < votes 100 p/person:SG",
			rule: func(r *ownership.Rule) {
				r.UndisclosedPossible = true
				r.VotingRights = false
			},
			want: "a Indeterminate",
		},
		"SameJurisdiction": {
			reason: "seeds of one country count together, those of two don't",
			graph:  "a:SG < 26 x:CN; a < 25 y:RU; b:SG < 26 x; b < 25 z:CN-BJ",
			rule:   func(r *ownership.Rule) { r.Aggregation = ownership.SameJurisdiction },
			want:   "a Clear, b Restricted",
		},
		"SeedInTwoCountries": {
			reason: "a seed in two countries joins the coalition of each",
			graph:  "a:SG < 26 x:CN,RU; a < 25 y:RU; b:SG < 26 x; b < 25 z:CN; c:SG < 26 y; c < 25 z",
			rule:   func(r *ownership.Rule) { r.Aggregation = ownership.SameJurisdiction },
			want:   "a Restricted, b Restricted, c Clear",
		},
		"SingleOwnerThroughOthers": {
			reason: "one owner's holdings count together over all that it restricts, and others' don't",
			graph:  "h:SG < 51 x:CN; a:SG < 26 x; a < 25 h; b:SG < 26 h; b < 25 y:CN",
			rule:   func(r *ownership.Rule) { r.Aggregation = ownership.SingleOwner },
			want:   "a Restricted, b Clear",
		},
		"SeedHeldBySeed": {
			reason: "a seed that another seed restricts is part of that one's coalition, not the other way round",
			graph:  "y:CN < 51 x:CN; a:SG < 26 x; a < 25 y; b:SG < 26 x; b < 25 z:CN; c:SG < 51 y",
			rule:   func(r *ownership.Rule) { r.Aggregation = ownership.SingleOwner },
			want:   "a Restricted, b Clear, c Restricted",
		},
		"UndisclosedJoinsEachCoalition": {
			reason: "the undisclosed part may belong to any one owner",
			graph:  "a:SG < 26 x/person:CN; a < 25 y/person:RU; a < 20 p/person:SG; b:SG < 26 x; b < 25 y; b < 49 p",
			rule: func(r *ownership.Rule) {
				r.UndisclosedPossible = true
				r.Aggregation = ownership.SingleOwner
			},
			want: "a Indeterminate, b Clear",
		},
		"ThresholdZero": {
			reason: "more than nothing is anything, but nothing is not more than nothing",
			graph:  "a:SG < 0.0000001 x:CN; b:SG < 0 x; c:SG < [0,1] x; d:SG < 1 b",
			rule:   func(r *ownership.Rule) { r.Threshold = 0 },
			want:   "a Restricted, b Clear, c Indeterminate, d Clear",
		},
		"AtLeastZero": {
			reason: "at least nothing does not restrict everybody",
			graph:  "a:SG < 0 x:CN; b:SG < 1 x; c:SG",
			rule: func(r *ownership.Rule) {
				r.Threshold, r.Comparison = 0, ownership.AtLeast
			},
			want: "a Clear, b Restricted, c Clear",
		},
		"MoreThanHundred": {
			reason: "nothing is more than 100 %, not even contradictory data",
			graph:  "a:SG < 100 x:CN; a < 100 y:CN; a < 100 ?ghost",
			rule: func(r *ownership.Rule) {
				r.Threshold, r.UndisclosedPossible = ownership.Whole, true
			},
			want: "a Clear",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			rule := defaults
			if tc.rule != nil {
				tc.rule(&rule)
			}
			for _, want := range strings.Split(tc.want, ", ") {
				party, want, _ := strings.Cut(want, " ")
				if got := verdict(t, tc.graph, party, rule, anyDay); got != want {
					t.Errorf("%s: %s is %s, want %s", tc.reason, party, got, want)
				}
			}
		})
	}
}
