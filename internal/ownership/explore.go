package ownership

import "slices"

// maxExplored bounds what an Outcome remembers of coalitions, in numbers of four
// bytes; but it may always remember as much as one for each party.
const maxExplored = 1 << 22

// explored is what an Outcome remembers of coalitions that it has run again, so
// that explaining a party takes the time of each coalition once, however many
// parties of its tree are asked about. It is used with exploring held.
type explored struct {
	coalitions map[int]*Coalition // by number
	above      [bounds]map[Node][]int
	size       int

	visited bitset // scratch of seedsAbove: empty in between
	// runs and steps count, for tests, the coalitions that were run and the
	// holdings that were followed to find them.
	runs, steps int
}

// makeRoom forgets everything if it would be too much.
func (e *explored) makeRoom(o *Outcome, size int) {
	if e.coalitions == nil || e.size+size+o.effective.remembered() > max(maxExplored, o.view.graph.Len()) {
		e.coalitions, e.size = map[int]*Coalition{}, 0
		o.effective.forget()
		for bound := range bounds {
			e.above[bound] = map[Node][]int{}
		}
	}
	e.size += size
}

// explore runs the coalition of a number again, or remembers it.
func (o *Outcome) explore(number int) *Coalition {
	e := &o.explored
	if c := e.coalitions[number]; c != nil {
		return c
	}
	var s seeds
	if number != o.seedless() {
		s = o.coalitions[number]
	}
	e.runs++
	c := &Coalition{Country: s.country, Seeds: s.nodes, outcome: o}
	if o.cascade != nil {
		c.cascade = o.cascade.explore(o, s)
	}
	if o.effective != nil {
		c.effective = o.effective.explore(s)
	}
	e.makeRoom(o, c.size())
	e.coalitions[number] = c
	return c
}

// size is about how much a coalition takes, in numbers of four bytes, but for what
// it holds by Effective, which is found later.
func (c *Coalition) size() int {
	const object = 64
	size := object
	for bound := range bounds {
		if c.cascade != nil {
			size += len(c.cascade[bound].own)
		}
	}
	return size
}

// seedsAbove numbers the coalitions with a seed that a party can be traced to.
// Parties that hold each other have the same.
func (o *Outcome) seedsAbove(n Node, bound int) []int {
	e := &o.explored
	if list, known := e.above[bound][n]; known {
		return list
	}
	above := o.above(n, bound)
	var list []int
	for i, c := range o.coalitions {
		if slices.ContainsFunc(c.nodes, e.visited.has) {
			list = append(list, i)
		}
	}
	same := []Node{n}
	if o.leads(n, bound) {
		same = o.loop(n)
	}
	for _, m := range above {
		e.visited.remove(m)
	}
	const perParty = 16
	e.makeRoom(o, 2*len(list)+perParty*len(same))
	for _, m := range same {
		e.above[bound][m] = list
	}
	return list
}

// above lists a party and everybody above it whom seeds may be above, and puts
// them into visited.
func (o *Outcome) above(n Node, bound int) []Node {
	e := &o.explored
	if e.visited == nil {
		e.visited = newBitset(o.view.graph.Len())
	}
	e.visited.add(n)
	above := []Node{n}
	for i := 0; i < len(above); i++ {
		o.view.eachHolder(above[i], func(m merged) bool {
			e.steps++
			if !e.visited.has(m.holder) && o.leads(m.holder, bound) {
				e.visited.add(m.holder)
				above = append(above, m.holder)
			}
			return true
		})
	}
	return above
}

// loop takes those out of visited, which is all that is above a party, in whom
// the party holds something, directly or through others. It returns them: they
// and the party hold each other.
func (o *Outcome) loop(n Node) []Node {
	e := &o.explored
	e.visited.remove(n)
	loop := []Node{n}
	for i := 0; i < len(loop); i++ {
		o.view.each(loop[i], func(held edge) {
			e.steps++
			if e.visited.has(held.subject) {
				e.visited.remove(held.subject)
				loop = append(loop, held.subject)
			}
		})
	}
	return loop
}
