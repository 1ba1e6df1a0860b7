package ownership

import "slices"

// effective is what the method Effective finds.
type effective struct {
	members [bounds]bitset // in any coalition
	// base are those that are in every coalition, by what is undisclosed alone,
	// and baseParts their parts. Nil with AllRestricted.
	base      [bounds]bitset
	baseParts [bounds]*parts
	// reached has everybody that any coalition holds anything in, and most at most
	// what part any of them has. Nil with AllRestricted, of which parts has the one
	// coalition.
	reached     [bounds]bitset
	most, parts [bounds]*parts
	// finders find what single coalitions have. exact says that what they may have
	// is what they certainly have.
	finders [bounds]*finder
	exact   bool
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
	e.traceEach(o, s)
}

// traceEach finds whom any of several coalitions restricts: those of whom one has
// enough by a first look, and of others, if all together may have that much,
// those of whom a coalition turns out to have it.
func (e *effective) traceEach(o *Outcome, s *solver) {
	members := e.members[s.bound]
	s.runJoint(o)
	s.eachReached(e.reached[s.bound].add)
	for _, c := range o.coalitions {
		for _, n := range c.nodes {
			members.add(n)
		}
	}
	open := map[int32][]Node{}
	threshold := float64(o.rule.Threshold) / float64(Whole)
	for slot, n := range s.nodes {
		switch {
		case members.has(n), s.equations[slot].known, o.rule.side(s.parts[slot]) < 0:
		case s.joint.sure[slot] > threshold+tooNear:
			members.add(n)
		default:
			c := s.joint.favorite[slot]
			open[c] = append(open[c], n)
		}
	}
	if s.bound == possible {
		e.exact = s.base == nil && s.exact()
	}
	e.most[s.bound] = s.bounded()
	s.most = e.most[s.bound]
	s.reached = newBitset(o.view.graph.Len())
	for _, n := range s.nodes {
		s.reached.add(n)
	}
	s.undo()
	e.finders[s.bound] = &finder{solver: s}
	e.traceOpen(o, s.bound, open)
	s.release()
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

// explore is one of several coalitions.
func (e *effective) explore(c seeds) *heldSets {
	sets := &heldSets{}
	for bound := range bounds {
		sets.memberSets[bound] = memberSet{shared: e.base[bound], own: c.nodes}
		if bound == possible && e.exact {
			sets.owned[possible] = sets.owned[definite]
		} else {
			sets.owned[bound] = e.finders[bound].owned(c.nodes)
		}
	}
	return sets
}

// remembered is about how much is remembered of what single coalitions hold, in
// numbers of four bytes.
func (e *effective) remembered() (size int) {
	const perPart = 16
	if e != nil {
		for _, f := range e.finders {
			f.lock.Lock()
			size += perPart * f.remembered
			f.lock.Unlock()
		}
	}
	return size
}

// forget says that the coalitions of which that is have been forgotten.
func (e *effective) forget() {
	if e != nil {
		for _, f := range e.finders {
			f.lock.Lock()
			f.remembered = 0
			f.lock.Unlock()
		}
	}
}
