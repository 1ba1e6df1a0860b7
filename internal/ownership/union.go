package ownership

// union finds out which references are to the same party: a disjoint-set forest
// over references.
type union struct {
	index  map[Ref]int32
	refs   []Ref
	parent []int32
}

// add returns the number of a reference, which is new or known.
func (u *union) add(r Ref) int32 {
	if i, ok := u.index[r]; ok {
		return i
	}
	i := int32(len(u.refs))
	u.index[r] = i
	u.refs = append(u.refs, r)
	u.parent = append(u.parent, i)
	return i
}

// root returns the number that stands for everything that i is joined with.
func (u *union) root(i int32) int32 {
	for u.parent[i] != i {
		u.parent[i] = u.parent[u.parent[i]]
		i = u.parent[i]
	}
	return i
}

func (u *union) join(i, j int32) {
	i, j = u.root(i), u.root(j)
	// The smaller number stands for both: with path halving this is fast
	// enough, and it needs no ranks.
	u.parent[max(i, j)] = min(i, j)
}

// references returns all that a party is known under.
func references(p Party) []Ref {
	var refs []Ref
	if p.Key != "" {
		refs = append(refs, Ref{Key: p.Key})
	}
	for _, id := range p.Identifiers {
		if id = id.Normal(); id != (Identifier{}) {
			refs = append(refs, Ref{Identifier: id})
		}
	}
	return refs
}
