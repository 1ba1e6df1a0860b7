package ownership

import "slices"

// holdersFirst puts coalitions of one seed each in an order in which holders
// come before what they hold, directly or through others, as far as there are
// no loops. In a group of companies that are all seeds, the first coalition
// then has most others in it, and they need no run of their own.
func (v *View) holdersFirst(singles []seeds) []seeds {
	index := make(map[Node]int, len(singles))
	for i, s := range singles {
		index[s.nodes[0]] = i
	}
	ordered := make([]seeds, 0, len(singles))
	visited := newBitset(v.graph.Len())
	type step struct {
		node Node
		next int // which of its edges to follow
	}
	var path []step
	for _, s := range singles {
		if !visited.has(s.nodes[0]) {
			visited.add(s.nodes[0])
			path = append(path, step{node: s.nodes[0]})
		}
		for len(path) > 0 {
			last := &path[len(path)-1]
			if subject, ok := v.held(last.node, last.next); ok {
				last.next++
				if subject != nobody && !visited.has(subject) {
					visited.add(subject)
					path = append(path, step{node: subject})
				}
				continue
			}
			// All that the node holds is in the list: the node comes after it.
			if i, ok := index[last.node]; ok {
				ordered = append(ordered, singles[i])
			}
			path = path[:len(path)-1]
		}
	}
	slices.Reverse(ordered)
	return ordered
}

// held is the party in which a holder has the nth of its holdings; nobody if
// that does not count, and false if there is none.
func (v *View) held(holder Node, n int) (subject Node, ok bool) {
	base, over := v.from(holder)
	switch {
	case n >= len(base)+len(over):
		return nobody, false
	case n >= len(base):
		return over[n-len(base)].subject, true
	case v.graph.over.patched.has(base[n].subject):
		return nobody, true
	default:
		return base[n].subject, true
	}
}
