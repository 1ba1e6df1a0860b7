package ownership

import (
	"cmp"
	"slices"
)

// facts finds out what is declared of the party of a slot, but for the ways in which
// something is held through nobody knows whom.
func (l *linker) facts(slot int) facts {
	party, top := l.party(slot), l.g.top
	f := facts{altered: l.altered.has(Node(slot)) || slices.ContainsFunc(party.tops, l.holds), details: noDetails}
	if _, joined := l.joined[slot]; !joined {
		f.profile, f.loaded = top.profileOf(party.tops[0]), top.loaded.has(party.tops[0])
		l.relate(&f, slot)
		return f
	}
	f.merged = &mergedParty{}
	n := l.node[slot]
	f.merged.Party, f.loaded = l.merge(n, party, &f.merged.merging)
	if n < l.baseLen && nothingDeclared(f.merged.Type) != nothingDeclared(l.g.base.profileOf(n).Type) {
		f.altered = true
	}
	profile := Profile{f.merged.Type, f.merged.Jurisdictions}.normal()
	f.profile = &profile
	l.relate(&f, slot)
	if n < l.baseLen {
		label := func(n Node) string { return l.labelIn(&f, n) }
		reportMoreThanWhole(n, label, f.declarations(), &f.merged.relating)
	}
	return f
}

// merge makes one party of all that the layers declare.
func (l *linker) merge(n Node, party sameParty, ps *problems) (merged Party, loaded bool) {
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
		merged = mergeParties(n, label, above, ps)
		merged = merged.over(mergeParties(n, label, below, ps), n, label, ps)
	case len(above)+len(below) > 0:
		merged = mergeParties(n, label, slices.Concat(above, below), ps)
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

// labelIn is the label of the party of a slot.
func (l *linker) labelIn(f *facts, n Node) string {
	switch {
	case f.merged != nil && f.merged.Key != "":
		return f.merged.Key
	case n < l.baseLen:
		return l.g.base.label(n)
	default:
		return l.g.top.label(l.top[n-l.baseLen])
	}
}

// relate gathers the records in the party of a slot.
func (l *linker) relate(f *facts, slot int) {
	n, party, list := l.node[slot], l.party(slot), detailsList{}
	bucket := l.bucket[:0]
	gather := func(layer *Layer, m Node, rename func(Node) Node) {
		from, d := layer.declared(m)
		for _, r := range d.records {
			if own := r.holder == m; rename(r.holder) != n || own {
				r.holder = rename(r.holder)
			} else {
				r.holder = sameByUnion
			}
			if r.details != 0 {
				r.details = list.number(d.details[r.details].renamed(rename))
			}
			if f.merged == nil {
				f.from = from
			} else {
				f.sources = append(f.sources, layerSource{from, r.source})
				r.source = uint32(len(f.sources) - 1)
			}
			bucket = append(bucket, r)
		}
	}
	for _, m := range party.bases {
		gather(l.g.base, m, l.living)
	}
	for _, t := range party.tops {
		gather(l.g.top, t, func(t Node) Node { return l.topNode[t] })
	}
	l.bucket = bucket
	if list.all != nil {
		f.details = list.all
	}
	f.records = l.keep(l.order(f, n, bucket))
}

// order puts the records in a party in their order.
func (l *linker) order(f *facts, subject Node, bucket []record) []record {
	for i := range bucket {
		if r := &bucket[i]; r.holder == sameByUnion { // of a party that several declarations are of
			f.merged.relating.add(subject, ProblemSelfHolding, selfHolding, quoted(l.labelIn(f, subject)), quoted(f.source(r)))
			r.ownPossibly(subject)
		}
	}
	bucket = slices.DeleteFunc(bucket, func(r record) bool { return r.holder == sameByUnion })
	slices.SortFunc(bucket, func(r, s record) int {
		if c := r.compare(&s); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(f.source(&r), f.source(&s)), f.details[r.details].compare(&f.details[s.details]))
	})
	return bucket
}

// keep copies records to where they stay.
func (l *linker) keep(bucket []record) []record {
	if cap(l.room)-len(l.room) < len(bucket) {
		l.room = make([]record, 0, max(l.atOnce, len(bucket)))
	}
	begin := len(l.room)
	l.room = append(l.room, bucket...)
	return l.room[begin:len(l.room):len(l.room)]
}

// findWays finds out, for some slots, through whom something may be held of which
// nobody says so.
func (l *linker) findWays(slots []int) {
	w := ways{recordsOf: func(n Node) []record { return l.g.declarationsOf(n).records }}
	for _, slot := range slots {
		f, list := l.g.over.facts.At(slot), detailsList{}
		for _, d := range f.details {
			list.number(d)
		}
		w.details = &list
		w.find(l.node[slot], f.records)
		f.details = list.all
	}
}
