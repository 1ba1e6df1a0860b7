package ownership

import (
	"cmp"
	"slices"
)

// Tally is what a coalition holds of one kind in a party, by one method.
type Tally struct {
	// Method is Cascade or Effective.
	Method Method
	Kind   Kind
	// Counted are the holdings that count, the largest first; LeftOut is how
	// many are not listed.
	Counted []Counted
	LeftOut int
	// Lower and Upper are what the coalition holds at least and at most.
	//
	// By Cascade, Lower is what definite members hold at least; Upper is what
	// possible members hold at most, with Undisclosed, and capped by what
	// others hold for certain. Control has no shares: both are 0.
	//
	// By Effective, they are the sum of share times part, rounded outward, at
	// most 100 %, and for Control the largest part of those who control.
	Lower, Upper Percent
	// Undisclosed is the part that nobody has declared and that counts towards
	// Upper.
	Undisclosed Percent
	// Definite and Possible say whether this kind alone restricts the party.
	Definite, Possible bool
}

// Counted is a holding that counts in a Tally, definitely or only possibly.
type Counted struct {
	Holding
	Definite bool
	// Part is, by Effective, how much of the holder the coalition holds, and
	// Product what that makes of the Share, both rounded outward; for Control
	// Product is Part. By Cascade a holding counts whole, and both are zero.
	Part, Product Share
}

// Tallies returns what the members of the coalition hold in a party, one Tally
// for each method and kind of interest that counts and of which there is
// something to tell, in the order of methods and kinds. At most limit holdings
// are listed in each.
func (c *Coalition) Tallies(subject Node, limit int) []Tally {
	var list []Tally
	if c.cascade != nil {
		list = c.cascadeTallies(subject, limit)
	}
	if c.effective != nil {
		list = append(list, c.effectiveTallies(subject, limit)...)
	}
	return list
}

func (c *Coalition) cascadeTallies(subject Node, limit int) []Tally {
	v, rule := c.outcome.view, c.outcome.rule
	counts := rule.kinds()
	var counted [Control + 1][]merged
	var lower [shareKinds]uint32
	tallies := v.startingTallies(subject, rule)
	v.eachHolder(subject, func(m merged) bool {
		if m.kind == Control && !rule.ControlRestricts || m.kind != Control && !counts[m.kind] || !c.cascade[possible].has(m.holder) {
			return true
		}
		counted[m.kind] = append(counted[m.kind], m)
		if m.kind != Control {
			t := &tallies[m.kind]
			t.held, t.capped = saturate(t.held, m.upper), saturate(t.capped, m.lower)
			if c.cascade[definite].has(m.holder) {
				lower[m.kind] = saturate(lower[m.kind], m.lower)
			}
		}
		return true
	})
	undisclosed := v.undisclosed(subject, rule)
	var list []Tally
	for kind, holdings := range counted {
		t := Tally{Kind: Kind(kind), LeftOut: max(0, len(holdings)-limit)}
		if t.Kind == Control {
			t.Definite = slices.ContainsFunc(holdings, func(m merged) bool { return c.cascade[definite].has(m.holder) })
			t.Possible = len(holdings) > 0
		} else {
			sum := tallies[kind].sum()
			t.Lower, t.Upper, t.Undisclosed = Percent(lower[kind]), Percent(sum), Percent(undisclosed[kind])
			t.Definite, t.Possible = lower[kind] >= rule.need(), sum >= rule.need()
		}
		if len(holdings) == 0 && t.Undisclosed == 0 {
			continue
		}
		slices.SortStableFunc(holdings, func(a, b merged) int {
			return cmp.Or(cmp.Compare(b.upper, a.upper), cmp.Compare(b.lower, a.lower))
		})
		for _, m := range holdings[:len(holdings)-t.LeftOut] {
			t.Counted = append(t.Counted, Counted{Holding: v.holding(subject, m), Definite: c.cascade[definite].has(m.holder)})
		}
		list = append(list, t)
	}
	return list
}
