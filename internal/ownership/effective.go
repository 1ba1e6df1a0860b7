package ownership

import "slices"

// The method Effective asks how much of a party a coalition holds through all
// chains together: the part x of a party is 1 for the coalition's seeds, and
// for others the largest over the kinds of interest of the sum of share times
// the part of the holder, at most 1. Control hands the holder's part on. The
// parts are the least solution of these equations, so that a loop that no seed
// holds into has none.
//
// The lower bounds of shares give the definite parts. The possible parts are
// the largest that the ranges admit: each holder has its lower bound, and what
// is left of 100 % goes to those with the largest parts first, as far as their
// upper bounds reach; with Rule.UndisclosedPossible all that is left counts as
// held by the coalition. Where parts are only 0 and 1 this is the Cascade's sum.
//
// The equations are solved in floating point with a bound on the error, holders
// before what they hold, loops by iteration from below and a proof from above.
// What is too near the threshold to tell is decided with rational numbers.

// solver solves the equations of one coalition after another, in time and
// memory that go with what the coalition reaches, but for one bit per party
// of the graph that it keeps for all of them.
type solver struct {
	view  *View
	rule  Rule
	bound int
	kinds [shareKinds]bool
	// whole are the parties whose part is 1 without any holder.
	whole bitset
	// slots has 1 + the slot of each party in the system, 0 for none.
	slots numbers
	// base has the parts of those that the present coalition does not reach.
	base *parts

	// reached has the parties that any coalition reaches, where there are several.
	// The present one goes no further than within; nil is everywhere.
	reached, within, scratch bitset
	climbed                  []Node // what is within
	most                     *parts // what any coalition holds, with ranks

	system
	added    []Node // to whole, for the present coalition
	resolver *resolver
}

func newSolver(v *View, rule Rule, bound int) *solver {
	return &solver{view: v, rule: rule, bound: bound, kinds: rule.kinds(), whole: newBitset(v.graph.Len())}
}

// run finds the part of every party that the seeds hold something in, and of
// those in which something is undisclosed if that is asked for.
func (s *solver) run(seeds []Node, undisclosed bool) {
	s.addWhole(seeds)
	if undisclosed {
		s.addUndisclosed()
	}
	for _, n := range s.added {
		s.follow(n)
	}
	for i := 0; i < len(s.nodes); i++ {
		s.follow(s.nodes[i])
	}
	s.solveReached()
}

func (s *solver) addWhole(seeds []Node) {
	for _, n := range seeds {
		if !s.whole.has(n) {
			s.whole.add(n)
			s.added = append(s.added, n)
		}
	}
}

// solveReached finds the part of every party that has been reached.
func (s *solver) solveReached() {
	s.resolver = newResolver(s.view, s.rule, s.bound, runBudget, s.of)
	s.equate()
	s.inOrder(s.solve)
}

// equate makes the equations of all parties that have been reached.
func (s *solver) equate() (reached int) {
	reached = len(s.nodes)
	s.equations = slices.Grow(s.equations, reached)[:reached]
	s.parts = slices.Grow(s.parts, reached)[:reached]
	for i := range reached {
		s.parts[i] = part{units: inexact}
		e := s.equation(s.view, s.rule, s.bound, s.nodes[i], s.slot) // it may add slots
		s.equations[i] = e
		s.steps += 1 + int(e.end-e.first)
	}
	return reached
}

// addUndisclosed adds the parties of which something is undisclosed: as seeds
// if that is all of them.
func (s *solver) addUndisclosed() {
	var some []Node
	for n := range Node(s.view.graph.Len()) {
		if s.whole.has(n) || !s.view.declaredIn(n)[0].ownable() {
			continue
		}
		most := uint32(0)
		for _, part := range s.view.undisclosed(n, s.rule) {
			most = max(most, part)
		}
		switch {
		case most >= uint32(Whole):
			s.whole.add(n)
			s.added = append(s.added, n)
		case most > 0:
			some = append(some, n)
		}
	}
	for _, n := range some {
		s.reach(n)
	}
}

// follow reaches everything that a party holds something in.
func (s *solver) follow(holder Node) {
	s.view.each(holder, func(e edge) {
		if s.counts(e.kind(), e.how(), e.lower(), e.upper()) {
			s.reach(e.subject)
		}
	})
}

// counts says whether anything counts of what somebody holds.
func (s *solver) counts(kind Kind, how how, lower, upper uint32) bool {
	switch {
	case kind == Control:
		return s.rule.ControlRestricts
	case !s.kinds[kind]:
		return false
	default:
		return how == grouped || lower > 0 || s.bound == possible && upper > 0
	}
}

func (s *solver) reach(n Node) {
	if s.slots.of(n) == 0 && !s.whole.has(n) && (s.within == nil || s.within.has(n)) {
		s.nodes = append(s.nodes, n)
		s.slots.set(n, int32(len(s.nodes)))
	}
}

// slot says where the part of a holder stands in the system.
func (s *solver) slot(holder Node) int32 {
	if s.whole.has(holder) {
		return wholeHolder
	}
	if slot := s.slots.of(holder); slot != 0 {
		return slot - 1
	}
	known := s.base.of(holder)
	if known.units == 0 {
		return noHolder
	}
	slot := s.constant(holder, known)
	s.slots.set(holder, slot+1)
	return slot
}

// of is the part of any party in the present coalition.
func (s *solver) of(n Node) part {
	if s.whole.has(n) {
		return wholePart
	}
	if slot := s.slots.of(n); slot != 0 {
		return s.parts[slot-1]
	}
	return s.base.of(n)
}

// solve finds the parts of parties that hold each other, or of one that does
// not, when those of all other holders are known.
func (s *solver) solve(loop []int32) {
	if len(loop) == 1 && !s.equations[loop[0]].itself {
		s.parts[loop[0]] = s.evaluate(loop[0])
		return
	}
	converged := s.converge(loop)
	if len(loop) > maxExactLoop {
		for _, i := range loop {
			s.parts[i].units = beyond
		}
		return
	}
	if converged {
		return
	}
	for _, i := range loop {
		if x, ok := s.resolver.exactly(s.nodes[i]); ok {
			s.parts[i] = exactPart(x)
		}
	}
}

// restricts says whether the part of a party passes the threshold. What can't
// be told within the limits does so possibly, and not definitely.
func (s *solver) restricts(slot int) bool {
	return s.resolver.restricts(s.nodes[slot], s.parts[slot], func(exact part) { s.parts[slot] = exact })
}

// undo forgets the present coalition.
func (s *solver) undo() {
	for _, n := range s.nodes {
		s.slots.set(n, 0)
	}
	for _, n := range s.added {
		s.whole.remove(n)
	}
	for _, n := range s.climbed {
		s.within.remove(n)
	}
	s.added, s.climbed, s.within, s.resolver, s.joint = s.added[:0], nil, nil, nil, nil
	s.clear()
}

// rebase makes what was found the base of all coalitions to come.
func (s *solver) rebase() {
	base := s.found()
	base.whole, base.seeds = slices.Clone(s.whole), nil
	s.added = nil
	s.undo()
	s.base = base
}

// found are the parts in the present coalition.
func (s *solver) found() *parts {
	return &parts{base: s.base, seeds: sortedNodes(slices.Clone(s.added)), values: s.sorted()}
}
