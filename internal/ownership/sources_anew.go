package ownership

import (
	"cmp"
	"slices"
	"strings"
)

// mostAnew is of how many sources a layer may say something else than when it was
// made as one.
const mostAnew = 64

// declareAnew makes the layer from the last one where changes leave who there is, and
// what everybody is known under, as it is; false if they don't, or if much has changed
// since the layer was made as one.
func (s *Sources) declareAnew(before *Sources, changes map[string]*Declaration) bool {
	old := before.layer
	if old == nil || !old.patchable() || len(s.since) > mostAnew {
		return false
	}
	r := rereading{s: s, old: old, dropped: newBitset(old.len()), again: map[string]bool{}}
	var nodes []Node
	for name, after := range changes {
		known, ok := before.declared.Get(name)
		if !ok && after == nil {
			continue // it is neither here nor there
		}
		if !ok || after == nil || !old.sameParties(known, after) {
			return false
		}
		n, ok := old.find(Ref{Key: after.Party.Key}.normal())
		if !ok {
			return false
		}
		if r.dropped.has(n) {
			continue
		}
		r.dropped.add(n)
		nodes = append(nodes, n)
		for _, ref := range old.refs(n) {
			r.declare(ref.label())
		}
	}
	if len(nodes) == 0 {
		s.layer = old
		return true
	}
	piece := r.piece()
	if !piece.patchable() {
		return false
	}
	next, ok := old.declareAnew(nodes, piece)
	if !ok || next.problems.leftOut > 0 {
		return false
	}
	s.layer = next
	return true
}

// sameParties says whether a declaration that comes in the place of another one is of
// the same party, known under the same, and leaves the layer's parties as they are: all
// holders are there already, and whoever is there only because somebody names him as a
// holder is still named.
func (l *Layer) sameParties(before, after *Declaration) bool {
	if !slices.Equal(sortedRefs(before.refs()), sortedRefs(after.refs())) {
		return false
	}
	holders := map[Node]bool{}
	for _, i := range after.Interests {
		n, ok := l.find(i.Holder.normal())
		if !ok || len(i.Through) > 0 {
			return false
		}
		holders[n] = true
	}
	for _, i := range before.Interests {
		n, ok := l.find(i.Holder.normal())
		if !ok || len(i.Through) > 0 || !l.loaded.has(n) && !holders[n] {
			return false
		}
	}
	return true
}

func sortedRefs(refs []Ref) []Ref {
	slices.SortFunc(refs, func(a, b Ref) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), a.Identifier.compare(b.Identifier))
	})
	return slices.Compact(refs)
}
