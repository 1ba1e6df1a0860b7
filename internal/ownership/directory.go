package ownership

import (
	"slices"
)

// directory knows the parties: who they are and under which references they are
// found. It is cold: no trace reads it.
type directory struct {
	nodes map[Ref]Node
	// label is each node's first reference: nodes are in this order.
	label []Ref
	// parties has what is declared about each node; of one that is not loaded,
	// its label alone.
	parties []Party
	loaded  bitset
}

func newDirectory(parties []Party, interests []Interest, p *problems) *directory {
	slices.SortFunc(parties, compareParties)
	u := union{index: make(map[Ref]int32, 2*len(parties))}
	for _, party := range parties {
		refs := references(party)
		for _, r := range refs {
			u.join(u.add(refs[0]), u.add(r))
		}
		if len(refs) == 0 {
			p.add("", ProblemInvalidReference, "a party named %s of source %s has neither a key nor an identifier: it is left out",
				quoted(party.Name), quoted(party.Source))
		}
	}
	for _, i := range interests {
		for _, r := range []Ref{i.Holder.normal(), i.Subject.normal()} {
			if r != (Ref{}) {
				u.add(r)
			}
		}
	}
	d := &directory{nodes: make(map[Ref]Node, len(u.refs))}
	d.number(&u)
	d.declare(parties, p)
	return d
}

// number gives every party a node, in the order of its first reference.
func (d *directory) number(u *union) {
	byRoot := make([]Node, len(u.refs))
	for i := range byRoot {
		byRoot[i] = -1
	}
	sorted := make([]int32, len(u.refs))
	for i := range sorted {
		sorted[i] = int32(i)
	}
	slices.SortFunc(sorted, func(i, j int32) int { return u.refs[i].compare(u.refs[j]) })
	for _, i := range sorted {
		root := u.root(i)
		if byRoot[root] < 0 {
			byRoot[root] = Node(len(d.label))
			d.label = append(d.label, u.refs[i])
		}
		d.nodes[u.refs[i]] = byRoot[root]
	}
}

// declare merges what is declared about each party. parties are sorted.
func (d *directory) declare(parties []Party, p *problems) {
	d.parties = make([]Party, len(d.label))
	d.loaded = newBitset(len(d.label))
	declared := make([][]Party, len(d.label))
	for _, party := range parties {
		if refs := references(party); len(refs) > 0 {
			n := d.nodes[refs[0]]
			declared[n] = append(declared[n], party)
		}
	}
	for n, same := range declared {
		if len(same) == 0 {
			d.parties[n] = d.label[n].party()
			continue
		}
		d.loaded.add(Node(n))
		d.parties[n] = mergeParties(d.label[n].label(), same, p)
	}
}

// party is all that is known about one that is only referred to.
func (r Ref) party() Party {
	if r.Key != "" {
		return Party{Key: r.Key}
	}
	return Party{Identifiers: []Identifier{r.Identifier}}
}

func (d *directory) reportNotLoaded(rs *records, p *problems) {
	references := map[Node]int{}
	first := map[Node]record{}
	for _, r := range rs.all {
		for _, n := range []Node{r.holder, r.subject} {
			if d.loaded.has(n) {
				continue
			}
			if references[n]++; references[n] == 1 {
				first[n] = r
			}
		}
	}
	for n := range Node(len(d.label)) {
		if references[n] == 0 {
			continue
		}
		r := first[n]
		p.add(d.label[n].label(), ProblemPartyNotLoaded, "%s is nowhere declared, but has a part in %d interests, such as that of %s in %s (source %s)",
			quoted(d.label[n].label()), references[n], quoted(d.label[r.holder].label()), quoted(d.label[r.subject].label()),
			quoted(rs.sources[r.source]))
	}
}
