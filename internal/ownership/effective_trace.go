package ownership

import "slices"

// effective is what the method Effective finds.
type effective struct {
	members [bounds]bitset // in any coalition
	// base are those that are in every coalition, by what is undisclosed alone,
	// and baseParts their parts. Nil with AllRestricted.
	base      [bounds]bitset
	baseParts [bounds]*parts
	// reached has everybody that any coalition holds anything in. Nil with
	// AllRestricted, of which parts has the one coalition.
	reached [bounds]bitset
	parts   [bounds]*parts
	// solvers run coalitions again; they are made when first needed.
	solvers [bounds]*solver
}

func (o *Outcome) traceEffective() *effective {
	e := &effective{}
	inParallel(func(bound int) struct{} {
		e.trace(o, bound)
		return struct{}{}
	})
	return e
}

// trace finds what one bound has.
func (e *effective) trace(o *Outcome, bound int) {
	s := newSolver(o.view, o.rule, bound)
	undisclosed := bound == possible && o.rule.UndisclosedPossible
	e.members[bound] = newBitset(o.view.graph.Len())
	if o.rule.Aggregation == AllRestricted {
		start := o.coalitions[0].nodes
		if bound == possible {
			start = slices.Concat(start, o.unknown)
		}
		s.run(start, undisclosed)
		s.each(start, e.members[bound].add)
		e.parts[bound] = s.found()
		return
	}
	e.reached[bound] = newBitset(o.view.graph.Len())
	if bound == possible && (undisclosed || len(o.unknown) > 0) {
		s.run(o.unknown, undisclosed)
		s.each(o.unknown, e.members[bound].add)
		s.eachReached(e.reached[bound].add)
		s.rebase()
	}
	e.base[bound], e.baseParts[bound] = slices.Clone(e.members[bound]), s.base
	e.runEach(o, s)
}

// runEach runs each coalition by itself.
func (e *effective) runEach(o *Outcome, s *solver) {
	var covered bitset
	if o.rule.Aggregation == SingleOwner {
		covered = newBitset(o.view.graph.Len())
	}
	for _, c := range o.singles() {
		if covered != nil && covered.has(c.nodes[0]) {
			// All of this seed is in a coalition that has been run: no part is
			// larger in this one's.
			e.members[s.bound].add(c.nodes[0])
			continue
		}
		s.run(c.nodes, false)
		s.each(c.nodes, e.members[s.bound].add)
		s.eachReached(e.reached[s.bound].add)
		for i, p := range s.parts {
			if covered != nil && p.units == int32(Whole) {
				covered.add(s.nodes[i])
			}
		}
		s.undo()
	}
}

// each calls yield for each party that the present coalition restricts: its
// seeds, and whoever's part passes the threshold.
func (s *solver) each(seeds []Node, yield func(Node)) {
	for _, n := range seeds {
		yield(n)
	}
	for _, n := range s.added {
		if s.rule.side(wholePart) > 0 {
			yield(n)
		}
	}
	for i, n := range s.nodes {
		if !s.equations[i].known && s.restricts(i) {
			yield(n)
		}
	}
}

// eachReached calls yield for each party that the present coalition reaches.
func (s *solver) eachReached(yield func(Node)) {
	for _, n := range s.added {
		yield(n)
	}
	for _, n := range s.nodes {
		yield(n)
	}
}

// sets are the members of the one coalition of AllRestricted.
func (e *effective) sets() *heldSets {
	return &heldSets{memberSets: memberSets{{shared: e.members[definite]}, {shared: e.members[possible]}}, parts: e.parts}
}

// explore runs one coalition again.
func (e *effective) explore(o *Outcome, c seeds) *heldSets {
	sets := &heldSets{}
	for bound := range bounds {
		if e.solvers[bound] == nil {
			s := newSolver(o.view, o.rule, bound)
			if s.base = e.baseParts[bound]; s.base != nil {
				s.whole = slices.Clone(s.base.whole)
			}
			e.solvers[bound] = s
		}
		s := e.solvers[bound]
		s.run(c.nodes, false)
		var own []Node
		s.each(c.nodes, func(n Node) { own = append(own, n) })
		sets.memberSets[bound] = memberSet{e.base[bound], sortedNodes(own)}
		sets.parts[bound] = s.found()
		s.undo()
	}
	return sets
}
