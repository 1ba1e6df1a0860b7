package ownership

import (
	"maps"
	"slices"
)

// declaredAnew is what is declared of a node in a piece, in the place of what stands
// in the layer that it is a node of.
type declaredAnew struct {
	piece *Layer
	node  Node // of the piece
	// declarations are those in the node, by holders that are nodes of the layer.
	declarations declarations
}

func (l *layerData) nodeAnew(n Node) *declaredAnew {
	if l.anew == nil {
		return nil
	}
	return l.anew[n]
}

// declared are the declarations in a node, with the layer that their sources
// stand in.
func (l *Layer) declared(n Node) (*Layer, declarations) {
	if a := l.nodeAnew(n); a != nil {
		return a.piece, a.declarations
	}
	return l, l.declarationsOf(n)
}

// declareAnew is the layer with other declarations of some nodes, which a piece has
// all of. It shares the rest. That is not possible if anybody else is in it then, or
// is known under something else.
func (l *Layer) declareAnew(nodes []Node, piece *Layer) (next *Layer, ok bool) {
	to := make([]Node, piece.len())
	for m := range to {
		if to[m], ok = l.find(piece.ref(piece.idStart[m])); !ok {
			return nil, false
		}
	}
	anew, changed := make(map[Node]*declaredAnew, len(l.anew)+len(nodes)), map[Node]bool{}
	maps.Copy(anew, l.anew)
	for _, n := range nodes {
		m, ok := piece.find(l.ref(l.idStart[n]))
		if !ok || !slices.Equal(piece.refs(m), l.refs(n)) || piece.loaded.has(m) != l.loaded.has(n) {
			return nil, false
		}
		records, ok := renamedHolders(piece.recordsOf(m), to)
		if !ok {
			return nil, false
		}
		anew[n], changed[n] = &declaredAnew{piece, m, declarations{records, piece.details}}, true
	}
	next = &Layer{layerData: &layerData{
		text: l.text, schemes: l.schemes, prefixes: l.prefixes, profiles: l.profiles,
		ids: l.ids, idStart: l.idStart, name: l.name, source: l.source, profile: l.profile, loaded: l.loaded,
		records: l.records, recordStart: l.recordStart, details: l.details, anew: anew, starts: memo{most: maxStarts},
	}}
	next.boundaries = l.boundaries
	if slices.ContainsFunc(nodes, func(n Node) bool { return !sameDays(l.recordsOf(n), next.recordsOf(n)) }) {
		var days daySet
		for n := range Node(next.len()) {
			days.addAll(next.recordsOf(n))
		}
		next.boundaries = days.sorted()
	}
	next.copyProblems(l, piece, func(n Node) Node {
		if changed[n] {
			return nobody
		}
		return n
	}, func(m Node) Node {
		if changed[to[m]] {
			return to[m]
		}
		return nobody
	})
	return next, true
}

// renamedHolders are the records in a subject with other numbers for holders; false
// if those are in another order.
func renamedHolders(inSubject []record, to []Node) (renamed []record, ok bool) {
	renamed = slices.Clone(inSubject)
	for i := range renamed {
		r := &renamed[i]
		r.holder = to[r.holder]
		if i > 0 && inSubject[i-1].holder != inSubject[i].holder && renamed[i-1].holder >= r.holder {
			return nil, false
		}
	}
	return renamed, true
}

// differs lists the nodes of which another layer declares something else; false if
// that is not made of the same one by declareAnew.
func (l *Layer) differs(other *Layer) (nodes []Node, ok bool) {
	if len(l.idStart) == 0 || len(other.idStart) == 0 || &l.idStart[0] != &other.idStart[0] {
		return nil, false
	}
	for n, a := range other.anew {
		if l.anew[n] != a {
			nodes = append(nodes, n)
		}
	}
	for n := range l.anew {
		if other.anew[n] == nil {
			nodes = append(nodes, n)
		}
	}
	slices.Sort(nodes)
	return nodes, true
}
