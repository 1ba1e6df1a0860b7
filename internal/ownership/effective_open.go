package ownership

import (
	"cmp"
	"maps"
	"slices"
)

// maxHunted bounds how many parts are remembered of all coalitions together while
// one is looked for that restricts a party.
const maxHunted = 1 << 20

// hunt looks for coalitions that restrict parties of which it is not known yet.
type hunt struct {
	*effective
	outcome *Outcome
	bound   int
	owned   map[int32]*owned
	// rank is the order in which coalitions are tried: holders first.
	rank []int
}

// traceOpen adds those parties to the members that a coalition restricts. They
// come with a coalition that may have most of them, if there is one.
func (e *effective) traceOpen(o *Outcome, bound int, open map[int32][]Node) {
	h := &hunt{effective: e, outcome: o, bound: bound, owned: map[int32]*owned{}}
	var rest []Node
	for _, c := range slices.Sorted(maps.Keys(open)) {
		if c < 0 {
			rest = append(rest, open[c]...)
			continue
		}
		one := h.coalition(c)
		one.find(open[c])
		for _, n := range open[c] {
			if one.restricts(bound, n) {
				e.members[bound].add(n)
			} else {
				rest = append(rest, n)
			}
		}
	}
	for _, n := range rest {
		if h.any(n) {
			e.members[bound].add(n)
		}
	}
}

// coalition is the one of a number.
func (h *hunt) coalition(c int32) *owned {
	if one := h.owned[c]; one != nil {
		return one
	}
	f := h.finders[h.bound]
	if f.remembered > maxHunted {
		h.owned, f.remembered = map[int32]*owned{}, 0
	}
	h.owned[c] = f.owned(h.outcome.coalitions[c].nodes)
	return h.owned[c]
}

// any says whether any coalition restricts a party.
func (h *hunt) any(n Node) bool {
	candidates := h.above(n)
	if h.outcome.rule.Aggregation == SingleOwner {
		h.rankAll()
		slices.SortFunc(candidates, func(a, b int32) int { return cmp.Compare(h.rank[a], h.rank[b]) })
	}
	s := h.sieve(h.outcome, n, h.bound)
	for _, c := range candidates {
		if !s.may(c) {
			continue
		}
		one := h.coalition(c)
		if one.restricts(h.bound, n) {
			return true
		}
		s.tried(one)
	}
	return false
}

// rankAll ranks the coalitions of one seed each.
func (h *hunt) rankAll() {
	if h.rank != nil {
		return
	}
	h.rank = make([]int, len(h.outcome.coalitions))
	for rank, c := range h.outcome.view.holdersFirst(h.outcome.coalitions) {
		h.rank[h.outcome.coalitionsOf(c.nodes[0])[0]] = rank
	}
}

// above numbers the coalitions that have a seed above a party.
func (h *hunt) above(n Node) (candidates []int32) {
	s := h.finders[h.bound].solver
	for _, n := range s.climb(nil, []Node{n}) {
		candidates = append(candidates, h.outcome.coalitionsOf(n)...)
	}
	s.undo()
	slices.Sort(candidates)
	return slices.Compact(candidates)
}

// sieve leaves out coalitions that certainly do not restrict a party.
type sieve struct {
	rule Rule
	o    *Outcome
	node Node
	// any coalition may; else only some. itself: the party is one of its holders.
	any, itself bool
	some        map[int32]bool
	// have are coalitions of one seed that do not restrict the party.
	have []*owned
}

// maxTried bounds how many of those are looked at.
const maxTried = 32

// sieve leaves out those coalitions that do not have enough of a party if they
// have as much of its holders as anybody can have.
func (e *effective) sieve(o *Outcome, n Node, bound int) *sieve {
	v := &sieve{rule: o.rule, o: o, node: n, some: map[int32]bool{}}
	var s system
	j := &joint{perCoalition: perCoalition{sums: make([]float64, len(o.coalitions))}}
	eq := s.equation(o.view, o.rule, bound, n, func(holder Node) int32 {
		p := e.most[bound].of(holder)
		switch {
		case p.units == int32(Whole):
			return wholeHolder
		case p.units == 0 && len(o.coalitionsOf(holder)) == 0:
			return noHolder
		case p.units < 0:
			p = part{x: p.high(), units: inexact}
		}
		return s.constant(holder, p)
	})
	// The party itself stands behind its holders.
	subject := s.constant(n, part{})
	for _, n := range s.nodes {
		j.coalitions = append(j.coalitions, o.coalitionsOf(n))
	}
	for _, c := range o.coalitionsOf(n) {
		v.some[c] = true
	}
	v.itself = eq.itself
	v.any = eq.whole || e.base[bound].has(n)
	for kind := range Kind(shareKinds) {
		p := s.sum(&eq, kind)
		v.any = v.any || p.units != 0 && o.rule.side(p) >= 0
		s.eachWeight(&eq, kind, func(holder int32, weight uint32) {
			j.others(subject, holder, func(c int32) { j.add(c, float64(weight)*(1-s.parts[holder].x)) })
		})
		for _, c := range j.touched {
			with := part{x: min(1, p.x+j.sums[c]/float64(Whole)), err: p.err, units: inexact}
			v.some[c] = v.some[c] || o.rule.side(with) >= 0
		}
		j.most()
	}
	for _, t := range s.terms {
		if t.kind == Control {
			v.any = v.any || o.rule.side(s.parts[t.holder]) >= 0
			j.others(subject, t.holder, func(c int32) { v.some[c] = v.some[c] || o.rule.side(wholePart) >= 0 })
		}
	}
	return v
}

// may says whether a coalition may restrict the party.
func (v *sieve) may(c int32) bool {
	if !v.any && !v.some[c] {
		return false
	}
	if v.rule.Aggregation != SingleOwner || int(c) >= len(v.o.coalitions) {
		return true
	}
	// Who has a part of a seed has at least that part of all that the seed has.
	seed, threshold := v.o.coalitions[c].nodes[0], float64(v.rule.Threshold)/float64(Whole)
	if seed == v.node {
		return true
	}
	for _, one := range v.have {
		if of := one.known.of(seed).low(); of > tiny && max(one.part(v.node).high(), tiny)/of < threshold-tooNear {
			return false
		}
	}
	return true
}

// tiny is what is too little for its relative error to be known.
const tiny = 1e-250

// tried says that a coalition does not restrict the party.
func (v *sieve) tried(one *owned) {
	if v.rule.Aggregation == SingleOwner && len(v.have) < maxTried {
		v.have = append(v.have, one)
	}
}
