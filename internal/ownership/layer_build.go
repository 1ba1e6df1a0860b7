package ownership

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Layer returns all that was added, and what contradicts itself in it. The
// Builder is spent.
func (b *Builder) Layer() *Layer {
	b.room(0)
	l := &layerData{schemes: []string{""}, prefixes: []string{""}, starts: memo{most: maxStarts}}
	// Nothing stands in it that does not stand in the Builder's.
	l.text = make(text, 0, len(b.text)+2*textRoom)
	// What stands first in a text is the empty string, and the empty source.
	l.text.add("")
	l.text.add("")
	a := assembly{b: b, l: l}
	a.number()
	a.declare()
	a.relate()
	full := b.overflowed
	*b = Builder{}
	l.ids.index(l.ids.len())
	return &Layer{layerData: l, incomplete: full}
}

// assembly makes a layer out of what a Builder has collected.
type assembly struct {
	b *Builder
	l *layerData
	// schemes has the new number of each scheme.
	schemes []uint16
	prefix  prefixes
	details detailsList
	// declared has the declarations of each node, one node after the other.
	declaredStart, declared []uint32
	// node is the node of each of the Builder's identities.
	node []Node
}

// number gives every party a node, in the order of its first identity, and puts
// the identities in the order of the nodes.
func (a *assembly) number() {
	b, l := a.b, a.l
	a.renumberSchemes()
	first := make([]uint32, b.ids.len()) // by root: the first identity plus one
	var roots []uint32
	for id := range uint32(b.ids.len()) {
		root := b.root(id)
		switch {
		case first[root] == 0:
			roots = append(roots, root)
			first[root] = id + 1
		case a.compare(id, first[root]-1) < 0:
			first[root] = id + 1
		}
	}
	a.sortByFirst(roots, first)
	a.node = make([]Node, b.ids.len())
	for n, root := range roots {
		a.node[root] = Node(n)
	}
	l.idStart = make([]uint32, len(roots)+1)
	for id := range uint32(b.ids.len()) {
		a.node[id] = a.node[b.root(id)]
		l.idStart[a.node[id]+1]++
	}
	for n := range roots {
		l.idStart[n+1] += l.idStart[n]
	}
	ordered := make([]uint32, b.ids.len())
	next := slices.Clone(l.idStart)
	for id, n := range a.node {
		ordered[next[n]] = uint32(id)
		next[n]++
	}
	l.ids = newIdentities(&l.text)
	l.ids.scheme, l.ids.id = make([]uint16, 0, b.ids.len()), make([]uint32, 0, b.ids.len())
	for n := range roots {
		of := ordered[l.idStart[n]:l.idStart[n+1]]
		slices.SortFunc(of, a.compare)
		for _, id := range of {
			l.ids.add(a.schemes[b.ids.scheme[id]], l.text.addBytes(b.ids.bytes(id)))
		}
	}
}

func (a *assembly) renumberSchemes() {
	a.l.schemes = slices.Clone(a.b.schemes)
	slices.SortFunc(a.l.schemes, compareSchemes)
	for _, s := range a.b.schemes {
		number, _ := slices.BinarySearchFunc(a.l.schemes, s, compareSchemes)
		a.schemes = append(a.schemes, uint16(number))
	}
}

func (a *assembly) compare(m, n uint32) int {
	ids := &a.b.ids
	return cmp.Or(
		cmp.Compare(a.schemes[ids.scheme[m]], a.schemes[ids.scheme[n]]),
		bytes.Compare(ids.bytes(m), ids.bytes(n)),
	)
}

// sortByFirst sorts roots by their first identities. The beginnings of those
// are compared without looking them up.
func (a *assembly) sortByFirst(roots, first []uint32) {
	type entry struct {
		begin, more uint64
		scheme      uint16
		root        uint32
	}
	entries := make([]entry, len(roots))
	for i, root := range roots {
		id := first[root] - 1
		var begin [16]byte
		copy(begin[:], a.b.ids.bytes(id))
		entries[i] = entry{binary.BigEndian.Uint64(begin[:]), binary.BigEndian.Uint64(begin[8:]), a.schemes[a.b.ids.scheme[id]], root}
	}
	slices.SortFunc(entries, func(x, y entry) int {
		if x.scheme != y.scheme {
			return cmp.Compare(x.scheme, y.scheme)
		}
		if x.begin != y.begin {
			return cmp.Compare(x.begin, y.begin)
		}
		if x.more != y.more {
			return cmp.Compare(x.more, y.more)
		}
		return a.compare(first[x.root]-1, first[y.root]-1)
	})
	for i, e := range entries {
		roots[i] = e.root
	}
}

// groups orders items by the node that each belongs to: those of node n are
// items[start[n]:start[n+1]].
func groups(nodes, items int, node func(item int) Node) (start, ordered []uint32) {
	start = make([]uint32, nodes+1)
	for i := range items {
		start[node(i)+1]++
	}
	for n := range nodes {
		start[n+1] += start[n]
	}
	next := slices.Clone(start[:nodes])
	ordered = make([]uint32, items)
	for i := range items {
		n := node(i)
		ordered[next[n]] = uint32(i)
		next[n]++
	}
	return start, ordered
}
