package ownership

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// patchable says whether patched can do with a layer: it keeps what it says of
// problems only if all are listed, it does not look for ways again, and it does not
// know who is named in interests that are left out.
func (l *Layer) patchable() bool {
	plain := !l.incomplete && l.register == "" && l.problems.leftOut == 0 && len(l.alone) == 0
	for _, d := range l.details {
		plain = plain && len(d.through) == 0 && len(d.maybe) == 0
	}
	return plain && !slices.ContainsFunc(l.problems.listed, func(p problem) bool {
		return p.node == nobody || p.reason == ProblemInvalidPeriod
	})
}

// patched is the layer as if it had been made without the declarations of some of
// its nodes and with those of a piece. The piece declares everything about a node
// that was dropped and is still there, among them each party of which a holder is
// now known under something else. Of other nodes it knows the names of holders.
func (l *Layer) patched(dropped bitset, piece *Layer) *Layer {
	p := patch{old: l, piece: piece, next: &Layer{layerData: &layerData{starts: memo{most: maxStarts}}}}
	p.keep(dropped)
	p.place()
	p.copyParties()
	p.copyRecords()
	p.copyProblems()
	return p.next
}

// patch makes a layer of most of an old one, and a piece.
type patch struct {
	old, piece, next *Layer
	kept             bitset // nodes of the old layer
	// order has where each node of the next layer is from, and oldTo and pieceTo
	// which node there is in the next layer.
	order          []origin
	oldTo, pieceTo []Node
	prefix         prefixes
	profiles       profiles
	details        detailsList
}

// origin is a node of the old layer, or of the piece.
type origin struct {
	node  Node
	piece bool
}

// keep finds out which nodes of the old layer stay: those that are not dropped
// and that somebody declares or holds something by.
func (p *patch) keep(dropped bitset) {
	p.kept = newBitset(p.old.len())
	for n := range Node(p.old.len()) {
		if dropped.has(n) {
			continue
		}
		if p.old.loaded.has(n) {
			p.kept.add(n)
		}
		for _, r := range p.old.recordsOf(n) {
			if !dropped.has(r.holder) {
				p.kept.add(r.holder)
			}
		}
	}
}

// place puts all nodes in the order of their first identities.
func (p *patch) place() {
	old, piece := p.old, p.piece
	p.oldTo, p.pieceTo = make([]Node, old.len()), make([]Node, piece.len())
	p.order = make([]origin, 0, old.len()+piece.len())
	n := Node(0)
	copyUpTo := func(end Node) {
		for ; n < end; n++ {
			p.oldTo[n] = nobody
			if p.kept.has(n) {
				p.oldTo[n] = Node(len(p.order))
				p.order = append(p.order, origin{n, false})
			}
		}
	}
	for m := range Node(piece.len()) {
		first := sort.Search(old.len(), func(i int) bool { return p.compareFirst(Node(i), m) >= 0 })
		copyUpTo(Node(first))
		if known, ok := old.find(piece.ref(piece.idStart[m])); ok && p.kept.has(known) {
			p.pieceTo[m] = nobody // it stays where it is
			continue
		}
		p.pieceTo[m] = Node(len(p.order))
		p.order = append(p.order, origin{m, true})
	}
	copyUpTo(Node(old.len()))
	for m, to := range p.pieceTo {
		if to == nobody {
			known, _ := old.find(piece.ref(piece.idStart[m]))
			p.pieceTo[m] = p.oldTo[known]
		}
	}
	for n, to := range p.oldTo {
		if to != nobody {
			continue
		}
		if m, ok := piece.find(old.ref(old.idStart[n])); ok {
			p.oldTo[n] = p.pieceTo[m]
		}
	}
}

// compareFirst compares the first identities of a node of the old layer and one
// of the piece.
func (p *patch) compareFirst(n, m Node) int {
	a, b := p.old.idStart[n], p.piece.idStart[m]
	return cmp.Or(
		compareSchemes(p.old.schemes[p.old.ids.scheme[a]], p.piece.schemes[p.piece.ids.scheme[b]]),
		bytes.Compare(p.old.ids.bytes(a), p.piece.ids.bytes(b)),
	)
}

// copyParties copies what the nodes are known under and what is declared of them.
func (p *patch) copyParties() {
	l, nodes := p.next, len(p.order)
	l.text = append(make(text, 0, len(p.old.text)+2*len(p.piece.text)), p.old.text...)
	l.schemes = slices.Compact(slices.SortedFunc(slices.Values(slices.Concat(p.old.schemes, p.piece.schemes)), compareSchemes))
	oldSchemes, pieceSchemes := p.renumber(p.old.schemes), p.renumber(p.piece.schemes)
	l.ids = newIdentities(&l.text)
	l.idStart = make([]uint32, 1, nodes+1)
	l.name, l.source, l.profile = make([]uint32, nodes), make([]uint32, nodes), make([]uint32, nodes)
	l.loaded = newBitset(nodes)
	for _, prefix := range p.old.prefixes {
		p.prefix.number(prefix)
	}
	for _, profile := range p.old.profiles {
		p.profiles.add(profile)
	}
	l.ids.scheme, l.ids.id = make([]uint16, 0, p.old.ids.len()+8), make([]uint32, 0, p.old.ids.len()+8)
	for to, from := range p.order {
		if from.piece {
			p.copyParty(Node(to), from.node, pieceSchemes)
		} else {
			n := from.node
			for id := p.old.idStart[n]; id < p.old.idStart[n+1]; id++ {
				l.ids.add(oldSchemes[p.old.ids.scheme[id]], p.old.ids.id[id])
			}
			l.name[to], l.source[to], l.profile[to] = p.old.name[n], p.old.source[n], p.old.profile[n]
			if p.old.loaded.has(n) {
				l.loaded.add(Node(to))
			}
		}
		l.idStart = append(l.idStart, uint32(l.ids.len()))
	}
	l.profiles = p.profiles.all
	p.index()
}

// index indexes what parties are known under. Mostly that is what it was.
func (p *patch) index() {
	ids, known := &p.next.ids, &p.old.ids
	if slices.Equal(ids.id, known.id) && slices.Equal(ids.scheme, known.scheme) {
		ids.slots, ids.seed = known.slots, known.seed
		return
	}
	ids.index(ids.len())
}

func (p *patch) renumber(schemes []string) (numbers []uint16) {
	for _, s := range schemes {
		number, _ := slices.BinarySearchFunc(p.next.schemes, s, compareSchemes)
		numbers = append(numbers, uint16(number))
	}
	return numbers
}

// copyParty copies a party of the piece. What is in the old text stands there.
func (p *patch) copyParty(to, m Node, schemes []uint16) {
	l, piece := p.next, p.piece
	for id := piece.idStart[m]; id < piece.idStart[m+1]; id++ {
		var at uint32
		if known, ok := p.old.findID(piece.ref(id)); ok {
			at = p.old.ids.id[known]
		} else {
			at = l.text.addBytes(piece.ids.bytes(id))
		}
		l.ids.add(schemes[piece.ids.scheme[id]], at)
	}
	if !piece.loaded.has(m) {
		return
	}
	l.loaded.add(to)
	l.profile[to] = p.profiles.add(piece.profiles[piece.profile[m]])
	if name := piece.text.bytes(piece.name[m]); len(name) > 0 {
		l.name[to] = l.text.addBytes(name)
	}
	if source := piece.sourceAt(piece.source[m]); source != "" {
		l.source[to] = p.prefix.addTo(&l.text, source)
	}
}

// copyRecords copies who holds what in the nodes. Those that stay are in the same
// order as before, and so are the records in them.
func (p *patch) copyRecords() {
	l := p.next
	for _, d := range p.old.details {
		p.details.number(d)
	}
	p.details.number(details{})
	l.recordStart = make([]uint32, 1, len(p.order)+1)
	l.records = make([]record, 0, len(p.old.records)+len(p.piece.records))
	for _, from := range p.order {
		if from.piece {
			for _, r := range p.piece.recordsOf(from.node) {
				r.holder = p.pieceTo[r.holder]
				r.source = p.prefix.addTo(&l.text, p.piece.sourceAt(r.source))
				r.details = p.details.number(p.piece.details[r.details])
				l.records = append(l.records, r)
			}
		} else {
			for _, r := range p.old.recordsOf(from.node) {
				r.holder = p.oldTo[r.holder]
				l.records = append(l.records, r)
			}
		}
		l.recordStart = append(l.recordStart, uint32(len(l.records)))
	}
	l.prefixes, l.details = p.prefix.all, p.details.all
	l.boundaries = boundariesOf(l.records)
}

// stages are the problems of a layer by when they are looked for.
var stages = map[string]int{
	ProblemInvalidShare: 1, ProblemInvalidPeriod: 1, ProblemSelfHolding: 1, // after those of parties
	ProblemMoreThanWhole: 2, // ProblemPartyNotLoaded comes before it
}

// copyProblems copies what contradicts itself.
func (p *patch) copyProblems() {
	p.next.copyProblems(p.old, p.piece, func(n Node) Node {
		if p.kept.has(n) {
			return p.oldTo[n]
		}
		return nobody
	}, func(m Node) Node {
		if to := p.pieceTo[m]; p.order[to].piece {
			return to
		}
		return nobody
	})
}

// copyProblems copies what contradicts itself in a layer and in a piece, and looks
// again for what a node alone does not tell. fromOld and fromPiece say which node of
// l a node is; nobody if its problems are not those of any.
func (l *Layer) copyProblems(old, piece *Layer, fromOld, fromPiece func(Node) Node) {
	var all []problem
	take := func(from *Layer, to func(Node) Node) {
		for _, one := range from.problems.listed {
			if one.node = to(one.node); one.node != nobody && one.reason != ProblemPartyNotLoaded {
				all = append(all, one)
			}
		}
	}
	take(old, fromOld)
	take(piece, fromPiece)
	slices.SortStableFunc(all, func(a, b problem) int {
		return cmp.Or(cmp.Compare(stages[a.reason], stages[b.reason]), cmp.Compare(a.node, b.node))
	})
	told := false
	for _, one := range all {
		if one.reason == ProblemMoreThanWhole && !told {
			told = true
			reportNotLoaded(l)
		}
		l.problems.addOne(one.reason, func() problem { return one })
	}
	if !told {
		reportNotLoaded(l)
	}
}
