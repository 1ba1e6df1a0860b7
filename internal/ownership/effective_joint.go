package ownership

import "slices"

// Where there are several coalitions, most parties need none of them by itself.
// All coalitions together are bounded by the least solution of equations in which
// each party takes, besides the parts of its holders, the most that any single
// coalition can add to that by being whole: no coalition has more of any party
// than that, other than of its own seeds. And along the way each party remembers
// one coalition that has most of it, and what that one has for certain.

// joint is what a system needs for that.
type joint struct {
	// coalitions are those that a party is a seed of, by slot.
	coalitions [][]int32
	// favorite is a coalition that may have most of a party, by slot, and sure how
	// much of it that one has at least; none if it is -1.
	favorite []int32
	sure     []float64
	rank     []int32 // by slot, as in parts
	// solved are those that have a favorite if anybody holds them.
	solved bitset

	perCoalition
}

// perCoalition adds up something by coalition.
type perCoalition struct {
	sums    []float64
	touched []int32
}

func (p *perCoalition) add(c int32, x float64) {
	if x <= 0 {
		return
	}
	if p.sums[c] == 0 {
		p.touched = append(p.touched, c)
	}
	p.sums[c] += x
}

// most is the largest sum; it clears them all.
func (p *perCoalition) most() (which int32, sum float64, of int) {
	which, of = -1, len(p.touched)
	for _, c := range p.touched {
		if p.sums[c] > sum || p.sums[c] == sum && c < which {
			which, sum = c, p.sums[c]
		}
		p.sums[c] = 0
	}
	p.touched = p.touched[:0]
	return which, sum, of
}

// runJoint finds the bounds of what any of some coalitions has.
func (s *solver) runJoint(o *Outcome) {
	for _, c := range o.coalitions {
		for _, n := range c.nodes {
			s.reach(n)
		}
	}
	for i := 0; i < len(s.nodes); i++ {
		s.follow(s.nodes[i])
	}
	reached := s.equate()
	j := &joint{
		coalitions: make([][]int32, len(s.nodes)), favorite: make([]int32, len(s.nodes)), sure: make([]float64, len(s.nodes)),
		rank:   make([]int32, len(s.nodes)),
		solved: newBitset(reached), perCoalition: perCoalition{sums: make([]float64, len(o.coalitions))},
	}
	for i, n := range s.nodes {
		j.coalitions[i], j.favorite[i] = o.coalitionsOf(n), -1
	}
	s.joint = j
	loops := int32(0)
	s.inOrder(func(loop []int32) {
		loops++
		if len(loop) == 1 && !s.equations[loop[0]].itself {
			s.parts[loop[0]] = s.evaluate(loop[0])
		} else {
			s.converge(loop)
		}
		for _, slot := range loop {
			s.favor(slot)
		}
		for _, slot := range loop {
			j.solved.add(Node(slot))
			j.rank[slot] = loops
		}
	})
}

// bounded are the bounds that were found.
func (s *solver) bounded() *parts {
	most := s.found()
	for _, v := range most.values {
		most.ranks = append(most.ranks, s.joint.rank[s.slots.of(v.node)-1])
	}
	return most
}

// exact says whether no more may be held than certainly is.
func (s *solver) exact() bool {
	for i := range s.equations {
		e := &s.equations[i]
		if len(e.groups) > 0 || e.whole || s.view.jointly(s.nodes[i], s.rule) {
			return false
		}
		for kind := range e.more {
			if e.more[kind] > 0 || e.looseLower[kind] {
				return false
			}
		}
	}
	return !slices.ContainsFunc(s.terms, func(t term) bool { return t.extra > 0 || t.lower != t.least })
}

// weightOf is the most that a term counts with.
func (t *term) weightOf(room uint32) uint32 { return max(t.lower+min(t.extra, room), t.least) }

// each calls visit for all terms of a kind with the most that they count with.
func (s *system) eachWeight(e *equation, kind Kind, visit func(holder int32, weight uint32)) {
	for i := e.first; i < e.end; i++ {
		if t := &s.terms[i]; t.kind == kind && !t.grouped {
			visit(t.holder, t.weightOf(e.room[kind]))
		}
	}
	for i := range e.groups {
		g := &e.groups[i]
		if g.group.kind != kind {
			continue
		}
		for term, at := range g.items {
			visit(s.terms[g.first+int32(term)].holder, g.share(at, g.lower))
		}
	}
}

// others calls visit for the coalitions of a holder that the subject is in no seed
// of.
func (j *joint) others(subject, holder int32, visit func(coalition int32)) {
	for _, c := range j.coalitions[holder] {
		if !slices.Contains(j.coalitions[subject], c) {
			visit(c)
		}
	}
}

// raise adds to what holders of a kind make the most that a single coalition adds
// by being whole.
func (j *joint) raise(s *system, slot int32, kind Kind, p part) part {
	s.eachWeight(&s.equations[slot], kind, func(holder int32, weight uint32) {
		j.others(slot, holder, func(c int32) { j.add(c, float64(weight)*(1-s.parts[holder].x)) })
	})
	_, more, of := j.most()
	if more == 0 {
		return p
	}
	terms := s.equations[slot].end - s.equations[slot].first
	return part{x: min(1, p.x+more/float64(Whole)), err: nextUp(float64(p.err) + float64(int(terms)+of+4)*roundoff), units: inexact}
}

// controlled is the part of a party by one that controls it.
func (j *joint) controlled(s *system, slot, holder int32) part {
	p := s.parts[holder]
	j.others(slot, holder, func(int32) { p = wholePart })
	return p
}

// favor finds a coalition that may have most of a party, and what it has at least.
func (s *solver) favor(slot int32) {
	j, e := s.joint, &s.equations[slot]
	most := 0.0
	consider := func() {
		if c, sum, _ := j.most(); sum > most {
			j.favorite[slot], most = c, sum
		}
	}
	of := func(holder int32, weight uint32) {
		own := false
		j.others(slot, holder, func(c int32) { own = true; j.add(c, float64(weight)) })
		if c := j.favorite[holder]; !own && c >= 0 {
			j.add(c, float64(weight)*s.parts[holder].x)
		}
	}
	for kind := range Kind(shareKinds) {
		s.eachWeight(e, kind, of)
		consider()
	}
	for _, t := range s.terms[e.first:e.end] {
		if t.kind == Control {
			of(t.holder, uint32(Whole))
			consider()
		}
	}
	if j.favorite[slot] >= 0 {
		j.sure[slot] = s.surely(slot, j.favorite[slot])
	}
}

// surely is what a coalition has of a party at least, by what is known of the
// party's holders.
func (s *solver) surely(slot, coalition int32) float64 {
	j, e := s.joint, &s.equations[slot]
	has := func(holder int32) float64 {
		switch {
		case slices.Contains(j.coalitions[holder], coalition):
			return 1
		case s.equations[holder].known:
			return s.parts[holder].low()
		case j.favorite[holder] == coalition && j.solved.has(Node(holder)):
			return j.sure[holder]
		default:
			return 0
		}
	}
	most := 0.0
	for kind := range Kind(shareKinds) {
		sum, room := float64(e.sure[kind]+e.more[kind]), e.room[kind]
		for _, t := range s.terms[e.first:e.end] {
			if t.kind != kind || t.grouped {
				continue
			}
			if x := has(t.holder); x > 0 {
				take := min(room, t.extra)
				room -= take
				sum += float64(t.lower+take) * x
			}
		}
		most = max(most, sum/float64(Whole))
	}
	for _, t := range s.terms[e.first:e.end] {
		if t.kind == Control {
			most = max(most, has(t.holder))
		}
	}
	return min(1, most) * (1 - s.roundoff(slot))
}
