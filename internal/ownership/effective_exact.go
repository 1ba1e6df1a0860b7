package ownership

import (
	"maps"
	"math"
	"math/big"
	"sync"
)

// Limits of what is decided with rational numbers. Beyond them a party near the
// threshold restricts possibly, and not definitely.
const (
	// maxExactParties and maxExactTerms bound the equations above one party,
	// maxExactLoop the parties that hold each other among them.
	maxExactParties = 512
	maxExactTerms   = 8192
	maxExactLoop    = 48
	// runBudget bounds the work for all parties of one coalition together,
	// askBudget that for one question about it.
	runBudget = 20_000_000
	askBudget = 2_000_000
	// Costs of an equation, of a term of it, and of a loop's system of linear
	// equations, by the cube of its size.
	equationCost, termCost, cubeCost = 64, 16, 8
)

var bigWhole = new(big.Rat).SetInt64(int64(Whole))

// resolver finds parts exactly. It looks only at what is above a party, up to
// parties whose parts are exact already.
type resolver struct {
	view  *View
	rule  Rule
	bound int
	// of is what is known about any party of the coalition; 0 units say that it
	// has no part.
	of     func(Node) part
	budget int
	// known are parts that have been found; nil for one that can't be.
	known map[Node]*big.Rat
}

func newResolver(v *View, rule Rule, bound, budget int, of func(Node) part) *resolver {
	return &resolver{view: v, rule: rule, bound: bound, of: of, budget: budget, known: map[Node]*big.Rat{}}
}

// restricts says whether a part passes the threshold. What can't be told within
// the limits does so possibly, and not definitely. found is called with a part
// that had to be found exactly.
func (r *resolver) restricts(n Node, p part, found func(part)) bool {
	if side := r.rule.side(p); side != 0 {
		return side > 0
	}
	x, ok := r.exactly(n)
	if !ok {
		return r.bound == possible
	}
	found(exactPart(x))
	return r.rule.passes(x)
}

// exactly finds the part of a party, if it can within the limits.
func (r *resolver) exactly(n Node) (*big.Rat, bool) {
	switch p := r.of(n); {
	case p.units >= 0:
		return fraction(int64(p.units)), true
	case p.units == beyond:
		return nil, false
	}
	if x, ok := r.known[n]; ok {
		return x, x != nil
	}
	above, ok := r.above(n)
	r.giveUp(n) // unless it is found
	if !ok {
		return nil, false
	}
	ok = true
	above.inOrder(func(loop []int32) { ok = ok && above.solve(loop, &r.budget) })
	if !ok {
		return nil, false
	}
	for i, node := range above.nodes {
		if !above.equations[i].known {
			r.known[node] = above.values[i]
		}
	}
	return r.known[n], true
}

// maxExactKnown bounds how many parts of one coalition are remembered.
const maxExactKnown = 1024

// exactParts remembers the parts of a coalition, within one bound, that somebody
// asked for: parties that hold each other are solved once, and not for each one
// in which they hold something. Each is found from nothing, so that what is found
// does not depend on what was asked before.
type exactParts struct {
	lock  sync.Mutex
	known map[Node]*big.Rat // nil for one that can't be found
}

func (e *exactParts) of(n Node, fresh func() *resolver) (*big.Rat, bool) {
	e.lock.Lock()
	defer e.lock.Unlock()
	if x, asked := e.known[n]; asked {
		return x, x != nil
	}
	if e.known == nil || len(e.known) >= maxExactKnown {
		e.known = map[Node]*big.Rat{}
	}
	r := fresh()
	x, ok := r.exactly(n)
	if !ok {
		e.known[n] = nil
		return nil, false
	}
	// Whatever is above it would have been found by itself.
	maps.Copy(e.known, r.known)
	e.known[n] = x
	return x, true
}

// giveUp says that a part can't be found, nor then any that depends on it.
func (r *resolver) giveUp(n Node) { r.known[n] = nil }

// fraction is units as a part of 1.
func fraction(units int64) *big.Rat { return new(big.Rat).SetFrac64(units, int64(Whole)) }

// exactSystem is a system with rational parts.
type exactSystem struct {
	system
	values []*big.Rat // by slot
}

// fill gives a value to each party that is whole and has a slot all the same.
func (s *exactSystem) fill() {
	for len(s.values) < len(s.nodes) {
		s.values = append(s.values, one)
	}
}

// above makes the system of a party and all whose parts it depends on.
func (r *resolver) above(n Node) (*exactSystem, bool) {
	s := &exactSystem{}
	slots := map[Node]int32{}
	ok := true
	slot := func(holder Node) int32 {
		if at, there := slots[holder]; there {
			return at
		}
		if !ok {
			return noHolder
		}
		s.fill()
		p := r.of(holder)
		switch x, tried := r.known[holder]; {
		case p.units == int32(Whole):
			return wholeHolder
		case p.units == 0:
			return noHolder
		case p.units == beyond, tried && x == nil && p.units < 0:
			ok = false
			return noHolder
		case p.units > 0:
			slots[holder] = s.constant(holder, p)
			s.values = append(s.values, fraction(int64(p.units)))
		case x != nil:
			slots[holder] = s.constant(holder, p)
			s.values = append(s.values, x)
		default:
			slots[holder] = s.constant(holder, p)
			s.equations[slots[holder]].known = false
			s.values = append(s.values, new(big.Rat))
		}
		return slots[holder]
	}
	slot(n)
	parties := 0
	for i := 0; i < len(s.nodes); i++ {
		if s.equations[i].known {
			continue
		}
		parties++
		if parties > maxExactParties {
			return nil, false
		}
		// Of very many holders not even the first look is free.
		e := s.equation(r.view, r.rule, r.bound, s.nodes[i], func(holder Node) int32 {
			r.budget -= termCost
			ok = ok && r.budget > 0 && len(s.terms) < maxExactTerms
			return slot(holder)
		})
		r.budget -= equationCost
		if !ok || r.budget <= 0 {
			return nil, false
		}
		s.equations[i] = e
	}
	s.fill()
	return s, true
}

// solve finds the parts of a loop, or of a party by itself.
func (s *exactSystem) solve(loop []int32, budget *int) bool {
	if len(loop) == 1 && !s.equations[loop[0]].itself {
		s.values[loop[0]] = s.best(loop[0], nil).part()
		return true
	}
	if len(loop) > maxExactLoop {
		return false
	}
	return s.solveLoop(loop, budget)
}

// row is one way in which a party is held: by the holders of one kind, or by
// one of those who control it.
type row struct {
	sure    uint32   // units that whole holders and undisclosed parts make
	weights []uint32 // units, by term of the equation
	first   int32    // term
	sum     *big.Rat // what it makes, which may be more than the whole
	all     uint64   // units: it makes no more than that
}

// part is the sum, at most the whole.
func (r *row) part() *big.Rat {
	if r.sum.Cmp(one) > 0 {
		return one
	}
	return r.sum
}

var one = big.NewRat(1, 1)

// best is the way in which the coalition has most of a party; kept is the one
// that was best before, which stays so unless another one is better.
func (s *exactSystem) best(slot int32, kept *row) *row {
	e := &s.equations[slot]
	if e.whole {
		return &row{sure: uint32(Whole), weights: make([]uint32, e.end-e.first), first: e.first, sum: one, all: uint64(Whole)}
	}
	if kept != nil {
		kept.sum = s.make(kept)
	}
	best := kept
	consider := func(r *row) {
		if r.sum = s.make(r); best == nil || r.sum.Cmp(best.sum) > 0 {
			best = r
		}
	}
	for kind := range Kind(shareKinds) {
		consider(s.row(e, kind))
		if e.looseLower[kind] {
			consider(s.least(e, kind))
		}
	}
	for i, t := range s.terms[e.first:e.end] {
		if t.kind == Control {
			r := &row{weights: make([]uint32, e.end-e.first), first: e.first, all: uint64(Whole)}
			r.weights[i] = uint32(Whole)
			consider(r)
		}
	}
	return best
}

// row is what the holders of a kind have at most, with the parts as they are.
func (s *exactSystem) row(e *equation, kind Kind) *row {
	r := &row{sure: e.sure[kind] + e.more[kind], weights: make([]uint32, e.end-e.first), first: e.first}
	terms := s.terms[e.first:e.end]
	for i, t := range terms {
		if t.kind == kind {
			r.weights[i] = t.lower
		}
	}
	s.takeExactly(r, e, kind, false)
	given := make([]bool, len(terms))
	for room := e.room[kind]; room > 0; {
		most := -1
		for i, t := range terms {
			if t.kind == kind && t.extra > 0 && !given[i] && (most < 0 || s.values[t.holder].Cmp(s.values[terms[most].holder]) > 0) {
				most = i
			}
		}
		if most < 0 {
			break
		}
		given[most] = true
		take := min(room, terms[most].extra)
		r.weights[most] += take
		room -= take
	}
	return r.added()
}

// least is what the holders of a kind certainly have.
func (s *exactSystem) least(e *equation, kind Kind) *row {
	r := &row{sure: e.least[kind], weights: make([]uint32, e.end-e.first), first: e.first}
	for i, t := range s.terms[e.first:e.end] {
		if t.kind == kind {
			r.weights[i] = t.least
		}
	}
	s.takeExactly(r, e, kind, true)
	return r.added()
}

// added adds the weights up.
func (r *row) added() *row {
	r.all = uint64(r.sure)
	for _, w := range r.weights {
		r.all += uint64(w)
	}
	return r
}

// make is what a row makes with the parts as they are.
func (s *exactSystem) make(r *row) *big.Rat {
	sum := new(big.Rat).SetInt64(int64(r.sure))
	var product, weight big.Rat
	for i, w := range r.weights {
		if w > 0 {
			weight.SetInt64(int64(w))
			sum.Add(sum, product.Mul(&weight, s.values[s.terms[int(r.first)+i].holder]))
		}
	}
	return sum.Quo(sum, bigWhole)
}

// outward is a part in whole units, rounded outward: as it is if that is within
// the limits, else with what is not known about it.
func (r *resolver) outward(p part, exactly func() (*big.Rat, bool)) Share {
	if p.units >= 0 {
		return Share{Percent(p.units), Percent(p.units)}
	}
	around := Share{Percent(math.Floor(p.low() * float64(Whole))), Whole}
	if !p.loose() {
		around.Upper = Percent(math.Ceil(p.above() * float64(Whole)))
		if around.Upper-around.Lower == 1 {
			return around // the truth is strictly between
		}
	}
	x, ok := exactly()
	if !ok {
		return Share{around.Lower, min(max(around.Upper, 1), Whole)}
	}
	units := new(big.Rat).Mul(x, bigWhole)
	whole := Percent(new(big.Int).Quo(units.Num(), units.Denom()).Int64())
	if units.IsInt() {
		return Share{whole, whole}
	}
	return Share{whole, whole + 1}
}
