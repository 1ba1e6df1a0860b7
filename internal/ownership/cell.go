package ownership

import "slices"

// cell is what the records of one holder and kind say that are alike in
// directness, class and joint holding: declarations of one thing.
type cell struct {
	directness   Directness
	class, joint string
	lower, upper uint32
	through      []Node // sorted
	maybe        []Node // sorted: as in details
}

// cells sorts the records of one holder and kind that hold on a day.
func (d declarations) cells(same []record, on day) (cells []cell) {
	for i := range same {
		r := &same[i]
		if !r.holds(on) {
			continue
		}
		said := &d.details[r.details]
		at := slices.IndexFunc(cells, func(c cell) bool {
			return c.directness == r.directness() && c.class == said.class && c.joint == said.joint
		})
		if at < 0 {
			at = len(cells)
			cells = append(cells, cell{directness: r.directness(), class: said.class, joint: said.joint})
		}
		c := &cells[at]
		c.lower, c.upper = max(c.lower, r.lower()), saturate(c.upper, r.upper())
		c.addWays(said.through, said.maybe)
	}
	return cells
}

// addWays adds parties that the shares are, or may be, held through.
func (c *cell) addWays(through, maybe []Node) {
	if len(through) > 0 {
		c.through = sortedNodes(slices.Concat(c.through, through))
	}
	if len(maybe) > 0 {
		c.maybe = sortedNodes(slices.Concat(c.maybe, maybe))
	}
}

// mayBe says whether one thing that is said may be, or be a part of, another one,
// both of the same holder: what is direct is not indirect, and one class of
// shares is not another one.
func mayBe[T comparable](a, b T) bool {
	var unsaid T
	return a == b || a == unsaid || b == unsaid
}

// maySame says whether it is not certain that two cells of one holder are
// different holdings.
func (c *cell) maySame(o *cell) bool {
	return mayBe(c.directness, o.directness) && mayBe(c.class, o.class) && mayBe(c.joint, o.joint)
}

// covers says whether all that is said of a cell is said of another one of the
// same holder as well, so that the other one may be a part of it.
func (c *cell) covers(o *cell) bool {
	says := func(a, b string) bool { return a == "" || a == b }
	return (c.directness == UnknownDirectness || c.directness == o.directness) && says(c.class, o.class) && says(c.joint, o.joint)
}

// certain is what the cells of one holder certainly are in all: the most that
// certainly different ones make together.
func certain(cells []cell) uint32 {
	same := make([]bitset, len(cells))
	all, weight := newBitset(len(cells)), make([]uint64, len(cells))
	for i := range cells {
		same[i], weight[i] = newBitset(len(cells)), uint64(cells[i].lower)
		all.add(Node(i))
		for j := range cells {
			if i != j && cells[i].maySame(&cells[j]) {
				same[i].add(Node(j))
			}
		}
	}
	return uint32(min(sumOfHeaviest(same, weight, all), uint64(Whole)))
}

// chain lists, sorted, the parties that others hold through on the day, or may.
func (d declarations) chain(on day) (nodes []Node) {
	if len(d.details) <= 1 {
		return nil
	}
	for i := range d.records {
		if r := &d.records[i]; r.details != 0 && r.holds(on) {
			nodes = append(append(nodes, d.details[r.details].through...), d.details[r.details].maybe...)
		}
	}
	return sortedNodes(nodes)
}

func containsNode(sorted []Node, n Node) bool {
	_, ok := slices.BinarySearch(sorted, n)
	return ok
}
