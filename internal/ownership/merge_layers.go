package ownership

// Merge makes one layer of several; their order makes no difference. Where a
// party sits is united: no register wins over another one.
func Merge(layers ...*Layer) *Layer {
	var b Builder
	var notes []*Layer
	for _, l := range layers {
		if l == nil {
			continue
		}
		notes = append(notes, l)
		l.addTo(&b)
	}
	if len(notes) == 1 {
		return notes[0]
	}
	merged := b.Layer()
	for _, l := range notes {
		merged.adopt(l)
		merged.incomplete = merged.incomplete || l.incomplete
	}
	merged.problems.sort()
	return merged
}

// addTo adds all that a layer declares.
func (l *Layer) addTo(b *Builder) {
	for n := range Node(l.len()) {
		if l.loaded.has(n) {
			b.addParty(l.party(n), l.refs(n), true)
		}
		of := l.recordsOf(n)
		if len(of) == 0 {
			continue
		}
		subject := l.ref(l.idStart[n])
		for i := range of {
			r := &of[i]
			b.AddInterest(Interest{
				Holder: l.ref(l.idStart[r.holder]), Subject: subject, Kind: r.kind(),
				Share: Share{Percent(r.lower()), Percent(r.upper())}, Since: r.since.limit(), Until: r.until.limit(),
				Source: l.sourceAt(r.source), Directness: r.directness(),
				Class: l.details[r.details].class, Joint: l.details[r.details].joint, Through: l.throughOf(r),
			})
		}
	}
}

// throughOf are the parties that a record's share is held through.
func (l *Layer) throughOf(r *record) (refs []Ref) {
	for _, n := range l.details[r.details].through {
		refs = append(refs, l.ref(l.idStart[n]))
	}
	return refs
}

// adopt takes over the problems of a layer that was merged into this one,
// except for those that were looked for again.
func (l *Layer) adopt(from *Layer) {
	for _, p := range from.problems.listed {
		if p.reason == ProblemPartyNotLoaded || p.reason == ProblemMoreThanWhole {
			continue
		}
		if p.node != nobody {
			n, ok := l.find(from.ref(from.idStart[p.node]))
			if !ok {
				n = nobody // it was in interests only that are left out
			}
			p.node = n
		}
		l.problems.add(p.node, p.reason, "%s", p.message)
	}
	l.problems.leftOut += from.problems.leftOut
}
