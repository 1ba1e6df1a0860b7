package ownership

import (
	"cmp"
	"slices"
)

// NewGraph links registers and LegalEntities: what top declares about where a
// party sits wins over what base declares, basis by basis; all else is united.
// Either may be nil. missing names registers whose data should be there and is
// not.
func NewGraph(base, top *Layer, missing ...string) *Graph {
	if base == nil {
		base = new(Builder).Layer()
	}
	if top == nil {
		top = new(Builder).Layer()
	}
	for _, l := range []*Layer{base, top} {
		if l.incomplete {
			missing = append(slices.Clone(missing), tooLarge)
		}
	}
	g := &Graph{base: base, top: top, baseLen: Node(base.len()), missing: slices.Sorted(slices.Values(missing))}
	l := linker{g: g, o: &overlay{
		baseLen: g.baseLen, topNode: make([]Node, top.len()),
		alias: map[Node]Node{}, slots: map[Node]int32{}, patched: newBitset(base.len()),
		others: map[int][]Node{}, merged: map[int]Party{},
	}}
	g.over = l.o
	parties := sameParties(base, top)
	l.addNew(parties)
	l.patch(parties)
	l.patchWays(l.o.patched.clone())
	l.o.loaded, l.o.altered = newBitset(len(l.o.node)), newBitset(len(l.o.node))
	l.o.tops, l.o.profile = make([]Node, 0, len(l.o.node)), make([]Profile, 0, len(l.o.node))
	l.o.records, l.o.sources = make([]record, 0, len(top.records)), make([]layerSource, 0, len(top.records))
	for slot := range l.o.node {
		l.settle(slot)
	}
	l.relate()
	g.boundaries = mergeDays(base.boundaries, boundariesOf(l.o.records))
	return g
}

// tooLarge stands among the missing registers for what did not fit into a layer.
const tooLarge = "(too much for one graph)"

// linker makes the overlay of a graph.
type linker struct {
	g *Graph
	o *overlay
	// of has the party of each slot.
	of []sameParty
	// ways are the parties of the base of which it may be otherwise than there
	// through whom something in them is held.
	ways bitset
}

// addNew gives a node and a slot to each party that is not in the base.
func (l *linker) addNew(parties []sameParty) {
	l.o.node, l.of = make([]Node, 0, len(parties)), make([]sameParty, 0, len(parties))
	for _, party := range parties {
		n := l.g.baseLen + Node(len(l.o.node))
		if len(party.bases) > 0 {
			n = party.bases[0]
			for _, dead := range party.bases[1:] {
				l.o.alias[dead] = n
			}
		} else {
			l.o.node = append(l.o.node, n)
			l.of = append(l.of, party)
		}
		for _, t := range party.tops {
			l.o.topNode[t] = n
		}
	}
}

// patch gives a slot to each party of the base of which the top says more than
// that there is such a party.
func (l *linker) patch(parties []sameParty) {
	for _, party := range parties {
		if len(party.bases) == 0 || len(party.bases) == 1 && !slices.ContainsFunc(party.tops, l.says) {
			continue
		}
		l.add(party.bases[0], party)
		for _, dead := range party.bases[1:] {
			l.add(dead, sameParty{})
		}
	}
	if len(l.o.alias) == 0 {
		return
	}
	// What a party holds that is now known as another one is told anew.
	l.g.base.eachRecord(func(subject Node, r *record) {
		_, renamed := l.o.alias[r.holder]
		for _, n := range l.g.base.details[r.details].through {
			_, dead := l.o.alias[n]
			renamed = renamed || dead
		}
		if renamed && !l.o.patched.has(subject) {
			l.add(subject, sameParty{bases: []Node{subject}})
		}
	})
}

// patchWays gives a slot to each party of the base in which somebody has something
// through nobody knows whom, if a way up from there passes one of some.
func (l *linker) patchWays(some bitset) {
	l.ways = newBitset(int(l.g.baseLen))
	if len(l.o.slots) == 0 {
		return
	}
	for _, subject := range l.g.base.alone {
		if l.g.base.passes(subject, some) {
			l.ways.add(subject)
			if !l.o.patched.has(subject) {
				l.add(subject, sameParty{bases: []Node{subject}})
			}
		}
	}
}

func (l *linker) says(t Node) bool {
	return l.g.top.loaded.has(t) || l.holds(t)
}

// holds says whether somebody holds something in a party of the top.
func (l *linker) holds(t Node) bool { return len(l.g.top.recordsOf(t)) > 0 }

func (l *linker) add(n Node, party sameParty) {
	l.o.patched.add(n)
	l.o.slots[n] = int32(len(l.o.node))
	l.o.node = append(l.o.node, n)
	l.of = append(l.of, party)
}

// settle finds out who the party of a slot is.
func (l *linker) settle(slot int) {
	party, top := l.of[slot], l.g.top
	l.o.tops = append(l.o.tops, nobody)
	if len(party.tops) > 0 {
		l.o.tops[slot] = party.tops[0]
		if len(party.tops) > 1 {
			l.o.others[slot] = party.tops[1:]
		}
	}
	n := l.o.node[slot]
	if len(party.bases) != 1 || len(l.o.alias) > 0 || n < l.g.baseLen && l.ways.has(n) || slices.ContainsFunc(party.tops, l.holds) {
		l.o.altered.add(Node(slot))
	}
	if len(party.bases) == 0 && len(party.tops) == 1 {
		t := party.tops[0]
		l.o.profile = append(l.o.profile, top.profiles[top.profile[t]])
		if top.loaded.has(t) {
			l.o.loaded.add(Node(slot))
		}
		return
	}
	p, loaded := l.merge(slot, party)
	if loaded {
		l.o.loaded.add(Node(slot))
	}
	l.o.merged[slot] = p
	if n < l.g.baseLen && nothingDeclared(p.Type) != nothingDeclared(l.g.base.profiles[l.g.base.profile[n]].Type) {
		l.o.altered.add(Node(slot))
	}
	l.o.profile = append(l.o.profile, Profile{p.Type, p.Jurisdictions}.normal())
}

// merge makes one party of all that the layers declare.
func (l *linker) merge(slot int, party sameParty) (merged Party, loaded bool) {
	n := l.o.node[slot]
	var ids []Identifier
	collect := func(from *Layer, nodes []Node) (declared []Party) {
		for _, m := range nodes {
			p := from.party(m)
			ids = append(ids, p.Identifiers...)
			if from.loaded.has(m) {
				declared = append(declared, p)
			}
		}
		slices.SortFunc(declared, compareParties)
		return declared
	}
	above, below := collect(l.g.top, party.tops), collect(l.g.base, party.bases)
	label := l.labelOf(party)
	switch {
	case len(above) > 0 && len(below) > 0:
		merged = mergeParties(n, label, above, &l.g.problems)
		merged = merged.over(mergeParties(n, label, below, &l.g.problems), n, label, &l.g.problems)
	case len(above)+len(below) > 0:
		merged = mergeParties(n, label, slices.Concat(above, below), &l.g.problems)
	}
	slices.SortFunc(ids, Identifier.compare)
	merged.Identifiers = slices.Compact(ids)
	return merged, len(above)+len(below) > 0
}

func (l *linker) labelOf(party sameParty) string {
	for _, t := range party.tops {
		if ref := l.g.top.ref(l.g.top.idStart[t]); ref.Key != "" {
			return ref.Key
		}
	}
	if len(party.bases) > 0 {
		return l.g.base.label(party.bases[0])
	}
	return ""
}

// relate gathers the records in the party of each slot.
func (l *linker) relate() {
	o := l.o
	o.details.number(details{})
	o.recordStart = make([]uint32, len(o.node)+1)
	var bucket []record
	for slot, n := range o.node {
		bucket = bucket[:0]
		gather := func(from *Layer, nodes []Node, rename func(Node) Node) {
			for _, m := range nodes {
				for _, r := range from.recordsOf(m) {
					if own := r.holder == m; rename(r.holder) != n || own {
						r.holder = rename(r.holder)
					} else {
						r.holder = sameByUnion
					}
					if r.details != 0 {
						r.details = o.details.number(from.details[r.details].renamed(rename))
					}
					o.sources = append(o.sources, layerSource{from, r.source})
					r.source = uint32(len(o.sources) - 1)
					bucket = append(bucket, r)
				}
			}
		}
		party := l.of[slot]
		gather(l.g.base, party.bases, o.living)
		gather(l.g.top, party.tops, func(t Node) Node { return o.topNode[t] })
		l.appendRecords(n, bucket)
		o.recordStart[slot+1] = uint32(len(o.records))
		if n < l.g.baseLen {
			reportMoreThanWhole(n, l.g.Label, o.declarationsOf(slot), &l.g.problems)
		}
	}
	w := ways{recordsOf: func(n Node) []record { return l.g.declarationsOf(n).records }, details: &o.details}
	for slot, n := range o.node {
		w.find(n, o.recordsOf(slot))
	}
}

func (l *linker) appendRecords(subject Node, bucket []record) {
	source := func(r *record) string {
		s := l.o.sources[r.source]
		return s.layer.sourceAt(s.at)
	}
	for i := range bucket {
		if r := &bucket[i]; r.holder == sameByUnion {
			l.g.problems.add(subject, ProblemSelfHolding, selfHolding, quoted(l.g.Label(subject)), quoted(source(r)))
			r.ownPossibly(subject)
		}
	}
	bucket = slices.DeleteFunc(bucket, func(r record) bool { return r.holder == sameByUnion })
	slices.SortFunc(bucket, func(r, s record) int {
		if c := r.compare(&s); c != 0 {
			return c
		}
		details := l.o.details.all
		return cmp.Or(cmp.Compare(source(&r), source(&s)), details[r.details].compare(&details[s.details]))
	})
	l.o.records = append(l.o.records, bucket...)
}
