package ownership

import (
	"cmp"
	"slices"
)

// grouping has the holdings in one subject that do not simply add up: those that
// are told twice, as a share that somebody has through others and as what those
// others have; those of which a part is direct and a part is not; and those that
// several holders have jointly.
type grouping struct {
	groups []group
	of     map[holding][]int32 // the groups of a holding, by index
}

// holding identifies what a holder has of one kind.
type holding struct {
	holder Node
	kind   Kind
}

// counts says whether anything may be held by a holding.
func (g *grouping) counts(m merged) bool {
	for _, index := range g.of[holding{m.holder, m.kind}] {
		for at := range g.groups[index].items {
			if i := &g.groups[index].items[at]; i.holder == m.holder && i.upper > 0 {
				return true
			}
		}
	}
	return false
}

// group is a set of holdings of one kind that are connected by being the same
// shares. Of those that are, only one counts: all that certainly is not the same
// adds up.
type group struct {
	kind  Kind
	items []item
	// sameLower has, by item, those of which it is not certain that they are other
	// shares; sameUpper those of which it is declared that they are the same.
	sameLower, sameUpper []bitset
	// large says that there are too many to tell which are the same.
	large bool
}

// item is a cell in a group.
type item struct {
	cell
	holder Node
	caps   uint32 // as in merged
	// alone: it is held through others, and nothing of that is shown.
	alone bool
}

// maxGroup bounds how many items are compared with each other. In a larger group
// what is certain is the largest single one, and all may be different shares.
const maxGroup = 256

// groupings are by whether each joint holder holds all.
type groupings [2]*grouping

func groupingsOf(d declarations, on day) *groupings {
	var all groupings
	for each := range all {
		all[each] = newGrouping(d, on, each == 1)
	}
	return &all
}

// newGrouping groups the holdings of a subject that are grouped.
func newGrouping(d declarations, on day, eachHoldsAll bool) *grouping {
	g := &grouping{of: map[holding][]int32{}}
	chain := d.chain(on)
	var items [shareKinds][]item
	for rest := d.records; len(rest) > 0; {
		same := sameHolding(rest)
		rest = rest[len(same):]
		m, holds := d.merge(same, chain, on)
		if !holds || m.how != grouped {
			continue
		}
		items[m.kind] = append(items[m.kind], itemsOf(m.holder, d.cells(same, on), chain, eachHoldsAll)...)
	}
	for kind := range items {
		if eachHoldsAll {
			shareJointly(items[kind])
		}
		g.connect(Kind(kind), items[kind], eachHoldsAll)
	}
	return g
}

// itemsOf are the cells of one holding. Where each joint holder holds all, those
// of one joint holding are one.
func itemsOf(holder Node, cells []cell, chain []Node, eachHoldsAll bool) (items []item) {
	inChain := containsNode(chain, holder)
	joined := map[string]bool{}
	for _, c := range cells {
		of := []cell{c}
		if eachHoldsAll && c.joint != "" {
			if joined[c.joint] {
				continue
			}
			joined[c.joint] = true
			of = slices.DeleteFunc(slices.Clone(cells), func(o cell) bool { return o.joint != c.joint })
		}
		i := item{cell: joinCells(of), holder: holder}
		if !inChain {
			i.caps = certain(slices.DeleteFunc(of, func(o cell) bool { return o.directness != Direct }))
		}
		i.alone = i.directness == Indirect && len(i.through) == 0 && !inChain
		items = append(items, i)
	}
	return items
}

// joinCells makes one cell of all that one holder has of a joint holding.
func joinCells(cells []cell) cell {
	joined := cells[0]
	joined.lower = certain(cells)
	for _, c := range cells[1:] {
		joined.upper = saturate(joined.upper, c.upper)
		joined.addWays(c.through, c.maybe)
		if joined.directness != c.directness {
			joined.directness = UnknownDirectness
		}
		if joined.class != c.class {
			joined.class = ""
		}
	}
	return joined
}

// shareJointly gives each holder of a joint holding all of it.
func shareJointly(items []item) {
	type sum struct{ lower, upper, caps uint32 }
	sums := map[string]sum{}
	for _, i := range items {
		if i.joint != "" {
			s := sums[i.joint]
			sums[i.joint] = sum{saturate(s.lower, i.lower), saturate(s.upper, i.upper), saturate(s.caps, i.caps)}
		}
	}
	for at := range items {
		if i := &items[at]; i.joint != "" {
			s := sums[i.joint]
			i.lower, i.upper, i.caps = s.lower, s.upper, s.caps
		}
	}
}

// connect makes groups of the items that are, or may be, the same shares,
// directly or through others.
func (g *grouping) connect(kind Kind, items []item, eachHoldsAll bool) {
	// What covers others comes first.
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(min(len(b.through), 1), min(len(a.through), 1)) })
	same := sameShares(items, eachHoldsAll)
	near := make([][]int, len(items))
	for _, of := range [][][]int{same.lower, same.beside} {
		for at, others := range of {
			for _, other := range others {
				near[at], near[other] = append(near[at], other), append(near[other], at)
			}
		}
	}
	seen := newBitset(len(items))
	for first := range items {
		if seen.has(Node(first)) {
			continue
		}
		members := []int{first}
		seen.add(Node(first))
		for at := 0; at < len(members); at++ {
			for _, other := range near[members[at]] {
				if !seen.has(Node(other)) {
					seen.add(Node(other))
					members = append(members, other)
				}
			}
		}
		slices.Sort(members)
		g.addGroup(kind, items, members, &same)
	}
}

func (g *grouping) addGroup(kind Kind, items []item, members []int, s *same) {
	one := group{kind: kind, large: len(members) > maxGroup}
	place := map[int]Node{}
	for at, member := range members {
		place[member] = Node(at)
		one.items = append(one.items, items[member])
		key := holding{items[member].holder, kind}
		if index := int32(len(g.groups)); !slices.Contains(g.of[key], index) {
			g.of[key] = append(g.of[key], index)
		}
	}
	if !one.large {
		within := func(of [][]int) []bitset {
			sets := make([]bitset, len(members))
			for at, member := range members {
				sets[at] = newBitset(len(members))
				for _, other := range of[member] {
					sets[at].add(place[other])
				}
			}
			return sets
		}
		one.sameLower, one.sameUpper = closed(within(s.lower)), closed(within(s.covers))
		for at, beside := range within(s.beside) {
			beside.each(func(other int) {
				one.sameLower[at].add(Node(other))
				one.sameLower[other].add(Node(at))
			})
		}
	}
	g.groups = append(g.groups, one)
}

// same says which items of one kind are the same shares, by item.
type same struct {
	// covers has those whose shares are declared to be a part of the item's, lower
	// also those that may be; beside has those of the same holder that are neither,
	// but are not certainly different.
	covers, lower, beside [][]int
}

func sameShares(items []item, eachHoldsAll bool) same {
	s := same{make([][]int, len(items)), make([][]int, len(items)), make([][]int, len(items))}
	byHolder, byJoint := map[Node][]int{}, map[string][]int{}
	for at := range items {
		i := &items[at]
		byHolder[i.holder] = append(byHolder[i.holder], at)
		if eachHoldsAll && i.joint != "" {
			byJoint[i.joint] = append(byJoint[i.joint], at)
		}
	}
	for at := range items {
		i := &items[at]
		for _, n := range i.through {
			if n != i.holder {
				s.covers[at] = append(s.covers[at], byHolder[n]...)
			}
		}
		if eachHoldsAll && i.joint != "" {
			s.covers[at] = append(s.covers[at], byJoint[i.joint]...)
		}
		s.lower[at] = slices.Clone(s.covers[at])
		for _, n := range i.maybe {
			s.lower[at] = append(s.lower[at], byHolder[n]...)
		}
		for _, other := range byHolder[i.holder] {
			switch {
			case other == at:
			case i.covers(&items[other].cell):
				s.lower[at] = append(s.lower[at], other)
			case i.maySame(&items[other].cell):
				s.beside[at] = append(s.beside[at], other)
			}
		}
	}
	return s
}

// closed says of each item which others are the same shares, if an item covers
// what those cover that it covers.
func closed(covers []bitset) []bitset {
	for middle := range covers {
		for at := range covers {
			if covers[at].has(Node(middle)) {
				for w := range covers[at] {
					covers[at][w] |= covers[middle][w]
				}
			}
		}
	}
	same := make([]bitset, len(covers))
	for at := range covers {
		same[at] = newBitset(len(covers))
	}
	for at := range covers {
		covers[at].each(func(other int) {
			if other != at {
				same[at].add(Node(other))
				same[other].add(Node(at))
			}
		})
	}
	return same
}
