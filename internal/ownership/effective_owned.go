package ownership

import (
	"math"
	"slices"
	"sync"
)

// owned is what one of several coalitions holds, within one bound. It is found
// when it is asked for, and only as far up as is needed for that: a party that
// somebody of the coalition holds needs nothing of what is above the coalition.
type owned struct {
	finder *finder
	seeds  []Node
	// known has all parties that were looked at, with the part in the base of those
	// that the coalition does not reach.
	known *parts
	// near says of parties too near the threshold whether they pass it, as far as
	// that can be told.
	near map[Node]passing
}

type passing struct{ passes, told bool }

// finder finds what coalitions hold, one at a time.
type finder struct {
	lock   sync.Mutex
	solver *solver
	// remembered is how many parts are remembered of all coalitions.
	remembered int
}

func (f *finder) owned(seeds []Node) *owned {
	known := &parts{base: f.solver.base, seeds: seeds, asked: map[Node]part{}}
	return &owned{finder: f, seeds: seeds, known: known, near: map[Node]passing{}}
}

// of is the part of a party.
func (c *owned) of(n Node) part {
	c.finder.lock.Lock()
	defer c.finder.lock.Unlock()
	return c.part(n)
}

func (c *owned) part(n Node) part {
	c.find([]Node{n})
	return c.known.of(n)
}

// find finds the parts of parties, and of all above them on which those depend.
func (c *owned) find(targets []Node) {
	s := c.finder.solver
	open := func(n Node) bool { return s.reached.has(n) && !c.known.looked(n) }
	if !slices.ContainsFunc(targets, open) {
		return
	}
	base := s.base
	s.base = c.known
	above := s.runAbove(c.seeds, targets)
	c.finder.remembered += len(above)
	for _, n := range above {
		c.known.asked[n] = s.of(n)
	}
	s.undo()
	s.base = base
}

// restricts says whether the part of a party passes the threshold. What can't be
// told within the limits does so possibly, and not definitely.
func (c *owned) restricts(bound int, n Node) bool {
	c.finder.lock.Lock()
	defer c.finder.lock.Unlock()
	s := c.finder.solver
	p := c.part(n)
	if side := s.rule.side(p); side != 0 {
		return side > 0
	}
	near, asked := c.near[n]
	if !asked {
		x, told := newResolver(s.view, s.rule, s.bound, runBudget, c.part).exactly(n)
		near = passing{told && s.rule.passes(x), told}
		c.near[n] = near
	}
	return near.passes || !near.told && bound == possible
}

// prepare makes what release has dropped.
func (s *solver) prepare() {
	if s.scratch == nil {
		s.scratch = newBitset(s.view.graph.Len())
	}
}

// release drops what is not needed until somebody asks for a coalition.
func (s *solver) release() { s.system, s.slots, s.scratch = system{steps: s.steps}, numbers{}, nil }

// runAbove finds the parts of some parties when the seeds are whole, and those
// of all parties above them that are not known yet. It returns all of these.
func (s *solver) runAbove(seeds, targets []Node) (above []Node) {
	s.addWhole(seeds)
	above = s.climb(seeds, targets)
	for i := 0; i < len(s.nodes); i++ {
		s.follow(s.nodes[i])
	}
	s.solveReached()
	return above
}

// climb lists the parties whose parts have to be found for those of some. It
// reaches those of them in which something is held by a seed or by somebody whose
// part is known, and nobody else will be reached.
func (s *solver) climb(seeds, targets []Node) (above []Node) {
	s.prepare()
	s.within = s.scratch
	// Nobody before all seeds is below any.
	first := int32(math.MaxInt32)
	for _, n := range seeds {
		first = min(first, s.most.rank(n))
	}
	if len(seeds) == 0 {
		first = 0
	}
	add := func(n Node) {
		if s.reached.has(n) && !s.whole.has(n) && !s.base.looked(n) && !s.within.has(n) && s.most.rank(n) >= first {
			s.within.add(n)
			above = append(above, n)
		}
	}
	for _, n := range targets {
		add(n)
	}
	for i := 0; i < len(above); i++ {
		s.view.eachHolder(above[i], func(m merged) bool {
			s.steps++
			if !s.counts(m.kind, m.how, m.lower, m.upper) {
				return true
			}
			_, seed := slices.BinarySearch(seeds, m.holder)
			if seed || s.base.looked(m.holder) && s.base.of(m.holder).units != 0 {
				s.reach(above[i])
			}
			add(m.holder)
			return true
		})
	}
	s.climbed = above
	return above
}
