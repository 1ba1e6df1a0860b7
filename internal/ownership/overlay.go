package ownership

import (
	"slices"

	"github.com/domicile-dev/domicile/internal/persistent"
)

// overlay is what the top layer of a graph makes of the base: the parties that
// only the top has, and those of the base that are not any more what the base
// says. Each has a slot; those that are not in the base come first.
type overlay struct {
	*links
	facts persistent.List[facts] // by slot
}

// links say which parties have a slot. They do not depend on what is declared of a
// party, but for what it is known under and whom its holders are called.
type links struct {
	baseLen Node
	topNode []Node // by node of the top: the graph's node
	// alias has the nodes of the base that are the same party as another one,
	// and which.
	alias map[Node]Node

	node    []Node            // by slot
	slots   map[Node]int32    // of the nodes of the base
	patched bitset            // the nodes in slots
	top     []Node            // by slot: the first node of the top, or nobody
	joined  map[int]sameParty // by slot: whoever is not just one node of the top
	altered bitset            // by slot: whether its records are not those of the base, whatever the top declares
	alone   []int             // the slots in which somebody has something through nobody knows whom
}

// facts are what is declared of the party of a slot.
type facts struct {
	profile *Profile
	merged  *mergedParty // nil if it is the party of the top
	loaded  bool
	altered bool // whether the records are not those of the base

	records []record
	details []details // that records refer to
	// sources are those of records, by index; if there are none, records have the
	// place of their source in a layer.
	sources []layerSource
	from    *Layer
}

// mergedParty is one of several declarations, with what is wrong with it.
type mergedParty struct {
	Party
	// merging is what contradicts itself in the declarations, relating in the records.
	merging, relating problems
}

type layerSource struct {
	layer *Layer
	at    uint32
}

// noDetails are those that records refer to that say no more than a share.
var noDetails = []details{{}}

func (f *facts) declarations() declarations { return declarations{f.records, f.details} }

// source is that of a record.
func (f *facts) source(r *record) string {
	if f.from != nil {
		return f.from.sourceAt(r.source)
	}
	s := f.sources[r.source]
	return s.layer.sourceAt(s.at)
}

// slot is that of a node, or -1 if all is as the base says.
func (l *links) slot(n Node) int {
	switch {
	case n >= l.baseLen:
		return int(n - l.baseLen)
	case len(l.slots) > 0 && l.patched.has(n):
		return int(l.slots[n])
	default:
		return -1
	}
}

// of are the facts about a node; nil if all is as the base says.
func (o *overlay) of(n Node) *facts {
	if slot := o.slot(n); slot >= 0 {
		return o.facts.At(slot)
	}
	return nil
}

// living is the node that a node of the base is the same party as.
func (l *links) living(n Node) Node {
	if alive, ok := l.alias[n]; ok {
		return alive
	}
	return n
}

// party is that of a slot.
func (l *links) party(slot int) sameParty {
	if party, joined := l.joined[slot]; joined {
		return party
	}
	return sameParty{tops: l.top[slot : slot+1]}
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
