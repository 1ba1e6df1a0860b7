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
	// EachHoldsAll says that the party is a joint arrangement, and that each who
	// holds anything in it counts with all of it.
	EachHoldsAll bool
}

// Counted is a holding that counts in a Tally, definitely or only possibly.
type Counted struct {
	Holding
	Definite bool
	// Adds is what is added of it. That is less than the Share where some of it are
	// the same shares as those of other holdings, which are added; and more where
	// the holder counts with all of a joint holding.
	Adds Share
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
	counts, jointly := rule.kinds(), v.jointly(subject, rule)
	var counted [Control + 1][]merged
	var sure [shareKinds]uint32
	tallies := v.startingTallies(subject, rule)
	nobodys := tallies // what is held by nobody in particular
	v.eachHolder(subject, func(m merged) bool {
		if m.kind == Control && !rule.ControlRestricts || m.kind != Control && !counts[m.kind] ||
			m.holder == subject || !c.cascade[possible].has(m.holder) {
			return true
		}
		counted[m.kind] = append(counted[m.kind], m)
		if m.kind == Control {
			return true
		}
		if m.how != grouped {
			tallies[m.kind].count(possible, m.how, m.lower, m.upper)
		}
		if c.cascade[definite].has(m.holder) && m.how != grouped {
			sure[m.kind] = saturate(sure[m.kind], m.lower)
		}
		return true
	})
	undisclosed := v.undisclosed(subject, rule)
	groups := c.groupTallies(subject)
	var list []Tally
	for kind, holdings := range counted {
		t := Tally{Kind: Kind(kind), LeftOut: max(0, len(holdings)-limit)}
		isDefinite := func(m merged) bool { return c.cascade[definite].has(m.holder) }
		switch {
		case t.Kind == Control:
			t.Definite, t.Possible = slices.ContainsFunc(holdings, isDefinite), len(holdings) > 0
		case jointly:
			t.EachHoldsAll = true
			t.Definite = slices.ContainsFunc(holdings, func(m merged) bool { return isDefinite(m) && m.lower > 0 })
			t.Possible = slices.ContainsFunc(holdings, func(m merged) bool { return m.upper > 0 })
			unheld := nobodys[kind].sum(possible, weights{})
			t.Lower, t.Upper, t.Undisclosed = wholeIf(t.Definite), max(wholeIf(t.Possible), Percent(unheld)), Percent(undisclosed[kind])
			t.Possible = t.Possible || unheld >= rule.need()
		default:
			lower := (&tally{sure: sure[kind]}).sum(definite, groups[definite].sums[kind])
			sum := tallies[kind].sum(possible, groups[possible].sums[kind])
			t.Lower, t.Upper, t.Undisclosed = Percent(lower), Percent(sum), Percent(undisclosed[kind])
			t.Definite, t.Possible = lower >= rule.need(), sum >= rule.need()
		}
		if len(holdings) == 0 && t.Undisclosed == 0 {
			continue
		}
		slices.SortStableFunc(holdings, func(a, b merged) int {
			return cmp.Or(cmp.Compare(b.upper, a.upper), cmp.Compare(b.lower, a.lower))
		})
		for _, m := range holdings[:len(holdings)-t.LeftOut] {
			counted := Counted{Holding: v.holding(subject, m), Definite: isDefinite(m)}
			counted.Adds = counted.Share
			if m.how == grouped && t.Kind != Control && !jointly {
				h := holding{m.holder, m.kind}
				counted.Adds = addsOf(counted, groups[definite].taken[h], groups[possible].taken[h])
			}
			t.Counted = append(t.Counted, counted)
		}
		list = append(list, t)
	}
	return list
}

func wholeIf(is bool) Percent {
	if is {
		return Whole
	}
	return 0
}

// groupTally is what members hold in the groups of a subject, within one bound.
type groupTally struct {
	sums [shareKinds]weights
	// taken is what is added up of each holding.
	taken map[holding]uint32
}

// addsOf is what is added of a holding, of which so much counts at least and at
// most.
func addsOf(c Counted, least, most uint32) Share {
	adds := Share{Percent(least), Percent(most)}
	if !c.Definite {
		adds.Lower = min(c.Share.Lower, adds.Upper)
	}
	// On each bound another one of the same holdings may count.
	return Share{adds.Lower, max(adds.Lower, adds.Upper)}
}

// groupTallies says what members hold in the groups of a subject.
func (c *Coalition) groupTallies(subject Node) (tallies [bounds]groupTally) {
	g := c.outcome.view.groupingOf(subject, c.outcome.rule)
	if g == nil {
		return tallies
	}
	for bound := range tallies {
		t := &tallies[bound]
		t.taken = map[holding]uint32{}
		member := func(n Node) bool { return n != subject && c.cascade[bound].has(n) }
		for i := range g.groups {
			one := &g.groups[i]
			t.sums[one.kind] = t.sums[one.kind].plus(one.weigh(bound, member))
			one.taken(bound, member, func(n Node, share uint32) {
				h := holding{n, one.kind}
				t.taken[h] = saturate(t.taken[h], share)
			})
		}
	}
	return tallies
}
