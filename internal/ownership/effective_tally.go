package ownership

import (
	"cmp"
	"math/big"
	"slices"
)

// teller tells what a coalition has of one party, within one bound.
type teller struct {
	*resolver
	exact    *exactParts
	system   system
	equation equation
}

func newTeller(c *Coalition, subject Node, bound int) *teller {
	t := &teller{exact: &c.exact[bound]}
	t.resolver = newResolver(c.outcome.view, c.outcome.rule, bound, 0, func(n Node) part { return c.effective.of(bound, n) })
	t.equation = t.system.equation(t.view, t.rule, bound, subject, func(holder Node) int32 {
		switch p := t.of(holder); p.units {
		case int32(Whole):
			return wholeHolder
		case 0:
			return noHolder
		default:
			return t.system.constant(holder, p)
		}
	})
	return t
}

// exactly is the exact part of a holder, if it can be found within the limits.
func (t *teller) exactly(holder Node) (*big.Rat, bool) {
	switch p := t.of(holder); {
	case p.units >= 0:
		return fraction(int64(p.units)), true
	case p.units == beyond:
		return nil, false
	}
	return t.exact.of(holder, func() *resolver {
		return newResolver(t.view, t.rule, t.bound, askBudget, t.of)
	})
}

// part is how much of a holder the coalition holds.
func (t *teller) part(holder Node) Share {
	return t.outward(t.of(holder), func() (*big.Rat, bool) { return t.exactly(holder) })
}

// sum is what the holders of a kind make together, and whether that restricts.
func (t *teller) sum(kind Kind) (sum Share, restricts bool) {
	p := t.system.sum(&t.equation, kind)
	exactly := func() (*big.Rat, bool) { return t.sumExactly(kind) }
	sum = t.outward(p, exactly)
	return sum, t.passes(p, exactly)
}

// passes says whether a part restricts. What can't be told within the limits does
// so possibly, and not definitely.
func (t *teller) passes(p part, exactly func() (*big.Rat, bool)) bool {
	if side := t.rule.side(p); side != 0 {
		return side > 0
	}
	x, ok := exactly()
	return ok && t.rule.passes(x) || !ok && t.bound == possible
}

func (t *teller) sumExactly(kind Kind) (*big.Rat, bool) {
	s := exactSystem{system: t.system}
	for _, holder := range t.system.nodes {
		x, ok := t.exactly(holder)
		if !ok {
			return nil, false
		}
		s.values = append(s.values, x)
	}
	r := s.row(&t.equation, kind)
	r.sum = s.make(r)
	if t.equation.looseLower[kind] {
		least := s.least(&t.equation, kind)
		if least.sum = s.make(least); least.sum.Cmp(r.sum) > 0 {
			r = least
		}
	}
	return r.part(), true
}

// taken is what is added up of each holding in groups.
func (t *teller) taken() map[holding]uint32 {
	all := map[holding]uint32{}
	for i := range t.equation.groups {
		g := &t.equation.groups[i]
		terms, _ := t.system.taken(g, t.bound == definite)
		for _, term := range terms {
			h := holding{g.group.items[g.items[term]].holder, g.group.kind}
			all[h] = saturate(all[h], g.share(g.items[term], t.bound == definite))
		}
	}
	return all
}

// control says whether it restricts a party that this holder controls it.
func (t *teller) control(holder Node) bool {
	return t.passes(t.of(holder), func() (*big.Rat, bool) { return t.exactly(holder) })
}

// effectiveTallies are the tallies by Effective.
func (c *Coalition) effectiveTallies(subject Node, limit int) []Tally {
	v, rule := c.outcome.view, c.outcome.rule
	least, most := newTeller(c, subject, definite), newTeller(c, subject, possible)
	counts := rule.kinds()
	var counted [Control + 1][]merged
	groups, jointly := v.groupingOf(subject, rule), v.jointly(subject, rule)
	v.eachHolder(subject, func(m merged) bool {
		if m.kind == Control && rule.ControlRestricts || m.kind != Control && counts[m.kind] && (m.upper > 0 || m.how == grouped && !jointly && groups.counts(m)) {
			if most.of(m.holder).high() > 0 {
				counted[m.kind] = append(counted[m.kind], m)
			}
		}
		return true
	})
	undisclosed := v.undisclosed(subject, rule)
	taken := [...]map[holding]uint32{least.taken(), most.taken()}
	var list []Tally
	for kind, holdings := range counted {
		t := Tally{Method: Effective, Kind: Kind(kind), LeftOut: max(0, len(holdings)-limit)}
		t.EachHoldsAll = jointly && t.Kind != Control
		if t.EachHoldsAll {
			var unheld Share
			unheld, t.Possible = most.sum(t.Kind)
			t.Upper, t.Undisclosed = unheld.Upper, Percent(undisclosed[kind])
		}
		if t.Kind == Control || t.EachHoldsAll {
			for _, m := range holdings {
				t.Upper, t.Possible = max(t.Upper, most.part(m.holder).Upper), t.Possible || most.control(m.holder)
				if t.Kind == Control || m.lower > 0 {
					t.Lower, t.Definite = max(t.Lower, least.part(m.holder).Lower), t.Definite || least.control(m.holder)
				}
			}
		} else {
			var lower, upper Share
			lower, t.Definite = least.sum(t.Kind)
			upper, t.Possible = most.sum(t.Kind)
			t.Lower, t.Upper, t.Undisclosed = lower.Lower, upper.Upper, Percent(undisclosed[kind])
		}
		if len(holdings) == 0 && t.Undisclosed == 0 {
			continue
		}
		largestFirst := func(a, b merged) int {
			return cmp.Or(cmp.Compare(most.weight(b), most.weight(a)), cmp.Compare(least.weight(b), least.weight(a)))
		}
		slices.SortStableFunc(holdings, largestFirst)
		for _, m := range holdings[:len(holdings)-t.LeftOut] {
			counted := Counted{Holding: v.holding(subject, m), Part: Share{least.part(m.holder).Lower, most.part(m.holder).Upper}}
			counted.Definite = (m.lower > 0 || m.kind == Control) && least.of(m.holder).low() > 0
			counted.Adds = counted.Share
			if h := (holding{m.holder, m.kind}); m.how == grouped && t.Kind != Control && !jointly {
				counted.Adds = addsOf(counted, taken[definite][h], taken[possible][h])
			}
			t.Counted = append(t.Counted, counted.product())
		}
		list = append(list, t)
	}
	return list
}

// weight is about what a holding makes.
func (t *teller) weight(m merged) float64 {
	share := m.upper
	switch {
	case m.kind == Control:
		share = uint32(Whole)
	case t.bound == definite:
		share = m.lower
	}
	return float64(share) * t.of(m.holder).x
}

// product adds what a holding makes of which only a part counts.
func (c Counted) product() Counted {
	c.Product = c.Part
	if c.Kind != Control {
		c.Product.Lower = c.Adds.Lower * c.Part.Lower / Whole
		c.Product.Upper = (c.Adds.Upper*c.Part.Upper + Whole - 1) / Whole
	}
	return c
}
