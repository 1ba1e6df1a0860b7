package ownership

import (
	"cmp"
	"slices"
)

// relate puts down the interests in each node.
func (a *assembly) relate() {
	b, l := a.b, a.l
	nodes := l.len()
	if b.unrelated > 0 {
		l.problems.add(nobody, ProblemInvalidReference, "%d interests have no holder or no subject: they are left out", b.unrelated)
	}
	start, ordered := groups(nodes, len(b.interests), func(i int) Node { return a.node[b.interests[i].subject] })
	l.recordStart = make([]uint32, nodes+1)
	l.records = make([]record, 0, len(ordered))
	var bucket []record
	for n := range Node(nodes) {
		bucket = bucket[:0]
		for _, i := range ordered[start[n]:start[n+1]] {
			r := b.interests[i].record
			r.holder = a.node[r.holder]
			if r.holder == n && !a.sameDeclared(n, uint32(b.interests[i].holder), b.interests[i].subject) {
				r.holder = sameByUnion
			}
			bucket = append(bucket, r)
		}
		a.appendRecords(n, bucket)
		l.recordStart[n+1] = uint32(len(l.records))
	}
	l.records = slices.Clip(l.records)
	a.details.number(details{})
	l.findWays(&a.details)
	l.boundaries = boundariesOf(l.records)
	l.prefixes = a.prefix.all
	unnamed := &Layer{layerData: l}
	reportNotLoaded(unnamed)
	for n := range Node(nodes) {
		reportMoreThanWhole(n, unnamed.label, l.declarationsOf(n), &l.problems)
	}
}

// appendRecords appends the records in one node that are no nonsense, in their
// order, and reports the others.
func (a *assembly) appendRecords(subject Node, bucket []record) {
	l, label := a.l, (&Layer{layerData: a.l}).label
	source := func(r *record) string { return a.b.text.source(r.source, a.b.prefixes.all) }
	said := []details{{}} // by the records in the bucket
	for i := range bucket {
		if of := bucket[i].details; of != 0 {
			bucket[i].details = uint32(len(said))
			said = append(said, a.b.details.all[of].renamed(func(id Node) Node { return a.node[id] }))
		}
	}
	compare := func(r, s record) int {
		if c := r.compare(&s); c != 0 || r.source == s.source && r.details == s.details {
			return c
		}
		return cmp.Or(cmp.Compare(source(&r), source(&s)), said[r.details].compare(&said[s.details]))
	}
	slices.SortFunc(bucket, compare)
	invalid := false
	for i := range bucket {
		r := &bucket[i]
		switch {
		case r.holder == sameByUnion:
			l.problems.add(subject, ProblemSelfHolding, selfHolding, quoted(label(subject)), quoted(source(r)))
			invalid = r.ownPossibly(subject) || invalid
		case r.since >= r.until:
			l.problems.add(subject, ProblemInvalidPeriod, "the interest of %s in %s (source %s) ends on the day it begins or before: it is left out",
				quoted(label(r.holder)), quoted(label(subject)), quoted(source(r)))
		case r.invalid():
			l.problems.add(subject, ProblemInvalidShare, "the share of %s in %s (source %s) is no range within 0 and 100 %%: it counts as unknown",
				quoted(label(r.holder)), quoted(label(subject)), quoted(source(r)))
			r.setShare(0, uint32(Whole))
			invalid = true
		}
	}
	bucket = slices.DeleteFunc(bucket, func(r record) bool { return r.holder == sameByUnion || r.since >= r.until })
	if invalid {
		// What was changed sorts elsewhere now.
		slices.SortFunc(bucket, compare)
	}
	for _, r := range bucket {
		r.source = a.prefix.addTo(&l.text, source(&r))
		r.details = a.details.number(said[r.details])
		l.records = append(l.records, r)
	}
}

// sameDeclared says whether two identities are one, or of one declaration of a
// party: then a holding of one in the other is of own shares.
func (a *assembly) sameDeclared(n Node, holder, subject uint32) bool {
	if holder == subject {
		return true
	}
	for _, party := range a.declared[a.declaredStart[n]:a.declaredStart[n+1]] {
		ids := a.b.idsOf(party)
		if !a.b.parties[party].united && slices.Contains(ids, holder) && slices.Contains(ids, subject) {
			return true
		}
	}
	return false
}

// sameByUnion stands for a holder that is the subject itself, but only because
// several declarations have turned out to be of one party. Such a record may be of
// own shares, or of what the party has in a part of itself, such as a branch.
const sameByUnion = nobody

const selfHolding = "%s holds an interest in itself, because several declarations are of one party (source %s): it counts as possible own shares"

// ownPossibly makes a record of a holder that is the subject by union one of own
// shares that are only possible; false if it has no share.
func (r *record) ownPossibly(subject Node) bool {
	if r.kind() == Control {
		return false
	}
	upper := r.upper()
	if r.invalid() {
		upper = uint32(Whole)
	}
	r.holder = subject
	r.setShare(0, upper)
	return true
}

// reportNotLoaded reports each node that nobody declares, with the first
// interest that it has a part in.
func reportNotLoaded(l *Layer) {
	if l.loaded.count() == l.len() {
		return
	}
	parts := make([]uint32, l.len())
	l.eachRecord(func(subject Node, r *record) {
		for _, n := range [...]Node{subject, r.holder} {
			if !l.loaded.has(n) {
				parts[n]++
			}
		}
	})
	type interest struct {
		subject Node
		record  *record
		from    *Layer
	}
	first := map[Node]*interest{}
	for n, count := range parts {
		if count > 0 && len(first) <= maxProblems {
			first[Node(n)] = nil
		}
	}
	l.eachRecord(func(subject Node, r *record) {
		for _, n := range [...]Node{subject, r.holder} {
			if i, wanted := first[n]; wanted && i == nil {
				from, _ := l.declared(subject)
				first[n] = &interest{subject, r, from}
			}
		}
	})
	for n, count := range parts {
		i := first[Node(n)]
		switch {
		case count == 0:
		case i == nil:
			l.problems.leftOut++
		default:
			l.problems.add(Node(n), ProblemPartyNotLoaded, "%s is nowhere declared, but has a part in %d interests, such as that of %s in %s (source %s)",
				quoted(l.label(Node(n))), count, quoted(l.label(i.record.holder)), quoted(l.label(i.subject)), quoted(i.from.sourceAt(i.record.source)))
		}
	}
}

func (l *layerData) eachRecord(visit func(subject Node, r *record)) {
	for subject := range Node(l.len()) {
		of := l.recordsOf(subject)
		for i := range of {
			visit(subject, &of[i])
		}
	}
}
