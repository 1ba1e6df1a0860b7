package ownership

import (
	"cmp"
	"slices"
)

// Tally is what a coalition holds of one kind in a party.
type Tally struct {
	Kind Kind
	// Counted are the holdings of members, the largest first; LeftOut is how
	// many are not listed.
	Counted []Counted
	LeftOut int
	// Lower is what definite members hold at least; Upper is what possible
	// members hold at most, with Undisclosed, and capped by what others hold
	// for certain. Control has no shares: both are 0.
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
}

// Tallies returns what the members of the coalition hold in a party, one Tally
// for each kind of interest that counts and of which there is something to
// tell, in the order of the kinds. At most limit holdings are listed in each.
func (c *Coalition) Tallies(subject Node, limit int) []Tally {
	v, rule := c.outcome.view, c.outcome.rule
	counts := rule.kinds()
	var counted [Control + 1][]merged
	var lower [shareKinds]uint32
	tallies := v.startingTallies(subject, rule)
	v.eachHolder(subject, func(m merged) bool {
		if m.kind == Control && !rule.ControlRestricts || m.kind != Control && !counts[m.kind] || !c.Possible(m.holder) {
			return true
		}
		counted[m.kind] = append(counted[m.kind], m)
		if m.kind != Control {
			t := &tallies[m.kind]
			t.held, t.capped = saturate(t.held, m.upper), saturate(t.capped, m.lower)
			if c.Definite(m.holder) {
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
			t.Definite = slices.ContainsFunc(holdings, func(m merged) bool { return c.Definite(m.holder) })
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
			t.Counted = append(t.Counted, Counted{v.holding(subject, m), c.Definite(m.holder)})
		}
		list = append(list, t)
	}
	return list
}
