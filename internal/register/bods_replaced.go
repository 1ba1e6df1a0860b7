package register

import (
	"cmp"
	"slices"
)

// replacements knows which statements of BODS 0.3 are replaced, and of those
// about parties, under which name the party goes: other statements may still
// refer to an old one. It keeps 24 bytes for each replacement.
type replacements struct {
	links []link
	// gone are the statements that lead to one that nothing replaces. Statements
	// that replace each other in a circle are all kept, for none is the last.
	gone hashes
	// same leads from each statement about a party to another one about the same
	// party, or to itself.
	same map[string]string
	// name is what the party of a statement goes under.
	name map[string]string
}

// link says, by the hashes of their names, that a statement was replaced by
// another one.
type link struct{ old, newer uint64 }

// pair has the names of two statements about a party, of which one replaces the
// other.
type pair struct{ old, newer string }

func (r *replacements) add(one link, parties *pair) {
	if one.old == one.newer {
		return
	}
	r.links = append(r.links, one)
	if parties == nil || len(parties.old) > maxKey {
		return
	}
	if r.same == nil {
		r.same = map[string]string{}
	}
	r.same[r.root(parties.old)] = r.root(parties.newer)
}

// root is the statement that stands for all that are about one party.
func (r *replacements) root(statement string) string {
	next, ok := r.same[statement]
	switch {
	case !ok:
		r.same[statement] = statement
		return statement
	case next == statement:
		return statement
	}
	root := r.root(next)
	r.same[statement] = root
	return root
}

// resolve finds what is gone, and gives each party a name: that of its last
// statement. If several replaced one, all of them are of one party, under the
// first of their names.
func (r *replacements) resolve(hash func(string) uint64) {
	byOld := func(a, b link) int { return cmp.Or(cmp.Compare(a.old, b.old), cmp.Compare(a.newer, b.newer)) }
	slices.SortFunc(r.links, byOld)
	r.links = slices.Compact(r.links)
	r.findGone()
	last := map[string]string{} // by root
	for statement := range r.same {
		root := r.root(statement)
		if name, ok := last[root]; !r.gone.has(hash(statement)) && (!ok || statement < name) {
			last[root] = statement
		}
	}
	r.name = make(map[string]string, len(r.same))
	for statement, root := range r.same {
		r.name[statement] = last[root]
	}
	r.same = nil
}

// findGone goes back from the statements that nothing replaces.
func (r *replacements) findGone() {
	byNewer := slices.Clone(r.links)
	slices.SortFunc(byNewer, func(a, b link) int { return cmp.Or(cmp.Compare(a.newer, b.newer), cmp.Compare(a.old, b.old)) })
	var work []uint64
	for _, one := range r.links {
		if len(r.replacing(one.newer)) == 0 {
			work = append(work, one.newer)
		}
	}
	slices.Sort(work)
	work = slices.Compact(work)
	gone := map[uint64]bool{}
	for len(work) > 0 {
		newer := work[len(work)-1]
		work = work[:len(work)-1]
		at, _ := slices.BinarySearchFunc(byNewer, newer, func(l link, newer uint64) int { return cmp.Compare(l.newer, newer) })
		for ; at < len(byNewer) && byNewer[at].newer == newer; at++ {
			if old := byNewer[at].old; !gone[old] {
				gone[old] = true
				work = append(work, old)
			}
		}
	}
	for old := range gone {
		r.gone.add(old)
	}
	r.gone.sort()
}

// replacing are the links to what replaces a statement directly.
func (r *replacements) replacing(statement uint64) []link {
	begin, _ := slices.BinarySearchFunc(r.links, statement, func(l link, old uint64) int { return cmp.Compare(l.old, old) })
	end := begin
	for end < len(r.links) && r.links[end].old == statement {
		end++
	}
	return r.links[begin:end]
}

// has says whether a statement does not count.
func (r *replacements) has(statement uint64) bool { return r.gone.has(statement) }

// finally are the statements that count in place of one.
func (r *replacements) finally(statement uint64) []uint64 {
	var last []uint64
	seen := map[uint64]bool{statement: true}
	for work := []uint64{statement}; len(work) > 0; {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if !r.gone.has(at) {
			last = append(last, at)
			continue
		}
		for _, one := range r.replacing(at) {
			if !seen[one.newer] {
				seen[one.newer] = true
				work = append(work, one.newer)
			}
		}
	}
	return last
}

// of is the party that a reference leads to.
func (r *replacements) of(statement string) string {
	if name, ok := r.name[statement]; ok {
		return name
	}
	return statement
}
