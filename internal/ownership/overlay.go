package ownership

import "slices"

// overlay is what the top layer of a graph makes of the base: the parties that
// only the top has, and those of the base that are not any more what the base
// says. Each has a slot; those that are not in the base come first.
type overlay struct {
	baseLen Node
	topNode []Node // by node of the top: the graph's node
	// alias has the nodes of the base that are the same party as another one,
	// and which.
	alias map[Node]Node

	node    []Node         // by slot
	slots   map[Node]int32 // of the nodes of the base
	patched bitset         // the nodes in slots
	altered bitset         // by slot: whether its records are not those of the base
	tops    []Node         // by slot: the first node of the top, or nobody
	others  map[int][]Node // by slot: the other nodes of the top
	merged  map[int]Party  // by slot, where it is not the party of tops
	profile []Profile      // by slot
	loaded  bitset         // by slot

	records     []record // their source is an index into sources
	details     detailsList
	recordStart []uint32 // by slot, and the end
	sources     []layerSource
}

type layerSource struct {
	layer *Layer
	at    uint32
}

// slot is that of a node, or -1 if all is as the base says.
func (o *overlay) slot(n Node) int {
	switch {
	case n >= o.baseLen:
		return int(n - o.baseLen)
	case len(o.slots) > 0 && o.patched.has(n):
		return int(o.slots[n])
	default:
		return -1
	}
}

// living is the node that a node of the base is the same party as.
func (o *overlay) living(n Node) Node {
	if alive, ok := o.alias[n]; ok {
		return alive
	}
	return n
}

func (o *overlay) recordsOf(slot int) []record {
	return o.records[o.recordStart[slot]:o.recordStart[slot+1]]
}

func (o *overlay) declarationsOf(slot int) declarations {
	return declarations{o.recordsOf(slot), o.details.all}
}

// sameParty is one party: its nodes in the top and in the base, sorted.
type sameParty struct{ tops, bases []Node }

// sameParties finds out which nodes of the top and the base are the same
// party. It returns those with a node in the top, in the order of their first.
func sameParties(base, top *Layer) []sameParty {
	same := make([]int32, 0, top.len()) // a forest; nodes of the base come later
	for n := range int32(top.len()) {
		same = append(same, n)
	}
	root := func(n int32) int32 {
		for same[n] != n {
			same[n] = same[same[n]]
			n = same[n]
		}
		return n
	}
	number := map[Node]int32{}
	var bases []Node
	for n := range Node(top.len()) {
		for id := top.idStart[n]; base.len() > 0 && id < top.idStart[n+1]; id++ {
			b, ok := base.find(top.ref(id))
			if !ok {
				continue
			}
			m, known := number[b]
			if !known {
				m = int32(len(same))
				number[b] = m
				same, bases = append(same, m), append(bases, b)
			}
			i, j := root(int32(n)), root(m)
			same[max(i, j)] = min(i, j)
		}
	}
	parties := make([]sameParty, 0, top.len())
	of := make([]int32, len(same)) // by root: the party plus one
	tops := make([]Node, top.len())
	for n := range int32(len(same)) {
		r := root(n)
		if of[r] == 0 {
			parties = append(parties, sameParty{})
			of[r] = int32(len(parties))
		}
		switch g := &parties[of[r]-1]; {
		case int(n) >= top.len():
			g.bases = append(g.bases, bases[int(n)-top.len()])
		case g.tops == nil:
			tops[n] = Node(n)
			g.tops = tops[n : n+1 : n+1] // most parties have one
		default:
			g.tops = append(g.tops, Node(n))
		}
	}
	for i := range parties {
		slices.Sort(parties[i].bases)
	}
	return parties
}
