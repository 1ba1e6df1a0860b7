package ownership_test

import (
	"fmt"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// line makes parties p0, p1, … of which each holds a share of the next one, and
// the last one of the first if it is a ring; x:CN holds another share of p0.
func line(length int, share, first ownership.Percent, ring bool) graphtest.World {
	var w graphtest.World
	party := func(name, code string) ownership.Ref {
		p := ownership.Party{Key: name, Type: ownership.Company}
		p.Jurisdictions.Headquarters = "SG"
		if code != "" {
			p.Jurisdictions.Headquarters = "CN"
		}
		w.Parties = append(w.Parties, p)
		return ownership.Ref{Key: name}
	}
	holds := func(holder, subject ownership.Ref, share ownership.Percent) {
		w.Interests = append(w.Interests, ownership.Interest{Holder: holder, Subject: subject, Share: ownership.Share{Lower: share, Upper: share}})
	}
	name := func(n int) ownership.Ref { return ownership.Ref{Key: fmt.Sprintf("p%d", n)} }
	holds(party("x", "CN"), name(0), first)
	for n := range length {
		party(name(n).Key, "")
		if n > 0 {
			holds(name(n-1), name(n), share)
		}
	}
	if ring {
		holds(name(length-1), name(0), share)
	}
	return w
}

// TestEffectiveGoesDeep would end in a stack overflow with recursion.
func TestEffectiveGoesDeep(t *testing.T) {
	const length = 100_000
	last := fmt.Sprintf("p%d", length-1)
	tests := map[string]struct {
		reason string
		world  graphtest.World
		rule   ownership.Rule
		want   bool
	}{
		"Whole": {"100 % of 100 % of … of 50 % is exactly 50 %", line(length, 100*percent, 50*percent, false), effectively(50*percent, ownership.AtLeast), true},
		"Fades": {"99.9999 % of 99.9999 % of … is 90.48 % after 100000 times", line(length, 999_999_000, 100*percent, false), effectively(90*percent, ownership.AtLeast), true},
		"Below": {"and no more than that", line(length, 999_999_000, 100*percent, false), effectively(91*percent, ownership.AtLeast), false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := tc.world.Graph()
			o := g.At(anyDay).Trace(tc.rule, graphtest.Start(g, "CN"))
			n := graphtest.Node(t, g, last)
			if o.Definite(n) != tc.want || o.Possible(n) != tc.want {
				t.Errorf("%s: definite %t, possible %t, want %t", tc.reason, o.Definite(n), o.Possible(n), tc.want)
			}
		})
	}
}

// TestEffectiveInLargeLoops has rings that are larger than what is solved
// exactly, and others in which an iteration takes for ever.
func TestEffectiveInLargeLoops(t *testing.T) {
	tests := map[string]struct {
		reason             string
		world              graphtest.World
		threshold          ownership.Percent
		definite, possible bool
	}{
		"Above":      {"0.8 of the ring and 20: the part of p0 is hardly more than 20 %", line(1000, 80*percent, 20*percent, true), 19 * percent, true, true},
		"Below":      {"hardly more is not 21 %", line(1000, 80*percent, 20*percent, true), 21 * percent, false, false},
		"SmallExact": {"a small ring of which nearly nothing ends elsewhere is solved exactly", line(40, 999_999_999, 1, true), 2 * percent, true, true},
		"SmallBelow": {"and is known not to be more than it is: 1 / (40 + 1)", line(40, 999_999_999, 1, true), 3 * percent, false, false},
		"TooLarge":   {"of a large one it can't be told: not definite, but possible", line(500, 999_999_999, 1, true), percent, false, true},
		"Tie":        {"nor can a tie in a large ring, 1 / (1 - 2⁻⁶⁰) of a half apart", line(60, 50*percent, 50*percent, true), 50 * percent, false, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := tc.world.Graph()
			o := g.At(anyDay).Trace(effectively(tc.threshold, ownership.MoreThan), graphtest.Start(g, "CN"))
			n := graphtest.Node(t, g, "p0")
			if o.Definite(n) != tc.definite || o.Possible(n) != tc.possible {
				t.Errorf("%s: definite %t, possible %t, want %t, %t", tc.reason, o.Definite(n), o.Possible(n), tc.definite, tc.possible)
			}
			coalitions, _ := o.Restricting(n, 1)
			for _, c := range coalitions {
				for _, tally := range c.Tallies(n, 10) {
					if tally.Definite != tc.definite || tally.Possible != tc.possible || tally.Lower > tally.Upper {
						t.Errorf("%s: the tally says %+v", tc.reason, tally)
					}
				}
			}
		})
	}
}
