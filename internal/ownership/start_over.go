package ownership

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// overStart is where the parties with a slot stand, each list in the order of nodes:
// those that are in the base, and those that are not.
type overStart struct {
	patched, outside Start
	unknown          bool
	classify         func(Profile) Standing
}

// startOver finds that out. Parties of the top that are nothing else share few
// profiles, and each of those is classified once.
func (g *Graph) startOver(unknown bool, classify func(Profile) Standing) *overStart {
	start, known := &overStart{unknown: unknown, classify: classify}, map[*Profile]Standing{}
	for slot := range g.over.node {
		f := g.over.facts.At(slot)
		standing, ok := known[f.profile]
		if !ok {
			standing = classify(*f.profile)
			if f.merged == nil {
				known[f.profile] = standing
			}
		}
		start.add(g.over, slot, standing)
	}
	start.patched.sort()
	return start
}

func (s *overStart) add(o *overlay, slot int, standing Standing) {
	n := o.node[slot]
	if _, dead := o.alias[n]; dead {
		return
	}
	if n < o.baseLen {
		s.patched.add(n, standing, s.unknown)
	} else {
		s.outside.add(n, standing, s.unknown)
	}
}

// with is where they stand when there are other facts for some slots.
func (s *overStart) with(o *overlay, slots []int) *overStart {
	changed := make(map[Node]bool, len(slots))
	for _, slot := range slots {
		changed[o.node[slot]] = true
	}
	next := &overStart{s.patched.without(changed), s.outside.without(changed), s.unknown, s.classify}
	for _, slot := range slots {
		next.add(o, slot, s.classify(*o.facts.At(slot).profile))
	}
	next.patched.sort()
	next.outside.sort()
	return next
}

func (s Seed) node() Node { return s.Node }

// without is the same without some parties.
func (s *Start) without(some map[Node]bool) Start {
	is := func(n Node) bool { return some[n] }
	return Start{
		Seeds:   slices.DeleteFunc(slices.Clone(s.Seeds), func(seed Seed) bool { return some[seed.Node] }),
		Unread:  slices.DeleteFunc(slices.Clone(s.Unread), is),
		Unknown: slices.DeleteFunc(slices.Clone(s.Unknown), is),
	}
}

// sort puts all lists in the order of nodes.
func (s *Start) sort() {
	slices.SortFunc(s.Seeds, func(a, b Seed) int { return cmp.Compare(a.Node, b.Node) })
	slices.Sort(s.Unread)
	slices.Sort(s.Unknown)
}

// mostOverStarts bounds how many of these a graph remembers.
const mostOverStarts = 64

// overStarts remembers where the parties with a slot stand, by the key of
// Graph.Start. The zero value is ready for use.
type overStarts struct {
	lock sync.Mutex
	all  map[startKey]*overStart
}

func (s *overStarts) of(key startKey, build func() *overStart) *overStart {
	s.lock.Lock()
	defer s.lock.Unlock()
	start, ok := s.all[key]
	if !ok {
		if s.all == nil || len(s.all) >= mostOverStarts {
			s.all = map[startKey]*overStart{}
		}
		start = build()
		s.all[key] = start
	}
	return start
}

// with is what is remembered, for other facts of some slots.
func (s *overStarts) with(o *overlay, slots []int) map[startKey]*overStart {
	s.lock.Lock()
	known := maps.Clone(s.all)
	s.lock.Unlock()
	for key, start := range known {
		known[key] = start.with(o, slots)
	}
	return known
}
