package ownership

import (
	"cmp"
	"slices"
	"strings"
)

// record is one declaration of an interest between two nodes.
type record struct {
	subject, holder Node
	since, until    day
	lower, upper    uint32
	source          uint32 // index into records.sources
	kind            Kind
}

// records has all interests of a graph, in the order of compareRecords: all in
// one subject stand together, and in them all of one holder and kind.
type records struct {
	all []record
	// start has where each node's records as a subject begin, and the end.
	start   []int32
	sources []string // sorted
}

func newRecords(interests []Interest, d *directory, p *problems) *records {
	rs := &records{}
	for _, i := range interests {
		rs.sources = append(rs.sources, i.Source)
	}
	slices.Sort(rs.sources)
	rs.sources = slices.Compact(rs.sources)
	rs.all = make([]record, 0, len(interests))
	invalid := 0
	for _, i := range interests {
		holder, subject := i.Holder.normal(), i.Subject.normal()
		if holder == (Ref{}) || subject == (Ref{}) {
			invalid++
			continue
		}
		source, _ := slices.BinarySearch(rs.sources, i.Source)
		r := record{subject: d.nodes[subject], holder: d.nodes[holder], kind: i.Kind, since: always, until: never, source: uint32(source)}
		if !i.Since.IsZero() {
			r.since = dayOf(i.Since)
		}
		if !i.Until.IsZero() {
			r.until = dayOf(i.Until)
		}
		switch {
		case i.Kind == Control:
		case i.Share.valid():
			r.lower, r.upper = uint32(i.Share.Lower), uint32(i.Share.Upper)
		default:
			r.lower, r.upper = invalidShare, 0
		}
		rs.all = append(rs.all, r)
	}
	if invalid > 0 {
		p.add("", ProblemInvalidReference, "%d interests have no holder or no subject: they are left out", invalid)
	}
	slices.SortFunc(rs.all, compareRecords)
	rs.all = slices.DeleteFunc(rs.all, func(r record) bool { return rs.refuse(r, d, p) })
	for i := range rs.all {
		if r := &rs.all[i]; r.lower == invalidShare {
			p.add(d.label[r.subject].label(), ProblemInvalidShare, "the share of %s in %s (source %s) is no range within 0 and 100 %%: it counts as unknown",
				quoted(d.label[r.holder].label()), quoted(d.label[r.subject].label()), quoted(rs.sources[r.source]))
			r.lower, r.upper = 0, uint32(Whole)
		}
	}
	// What was invalid sorts elsewhere now.
	slices.SortFunc(rs.all, compareRecords)
	rs.index(len(d.label))
	return rs
}

// invalidShare marks, while records are being made, a share that is no range.
const invalidShare = ^uint32(0)

// refuse says whether a record is left out, and reports why.
func (rs *records) refuse(r record, d *directory, p *problems) bool {
	switch {
	case r.holder == r.subject:
		p.add(d.label[r.subject].label(), ProblemSelfHolding, "%s holds an interest in itself (source %s): it is left out",
			quoted(d.label[r.subject].label()), quoted(rs.sources[r.source]))
	case r.since >= r.until:
		p.add(d.label[r.subject].label(), ProblemInvalidPeriod, "the interest of %s in %s (source %s) ends on the day it begins or before: it is left out",
			quoted(d.label[r.holder].label()), quoted(d.label[r.subject].label()), quoted(rs.sources[r.source]))
	default:
		return false
	}
	return true
}

func (rs *records) index(nodes int) {
	rs.start = make([]int32, nodes+1)
	for _, r := range rs.all {
		rs.start[r.subject+1]++
	}
	for n := range nodes {
		rs.start[n+1] += rs.start[n]
	}
}

// of returns the records in a subject.
func (rs *records) of(subject Node) []record {
	return rs.all[rs.start[subject]:rs.start[subject+1]]
}

// boundaries returns the days on which an interest begins or ends, sorted.
func (rs *records) boundaries() []day {
	var days []day
	for _, r := range rs.all {
		if r.since != always {
			days = append(days, r.since)
		}
		if r.until != never {
			days = append(days, r.until)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

func compareRecords(a, b record) int {
	return cmp.Or(
		cmp.Compare(a.subject, b.subject),
		cmp.Compare(a.holder, b.holder),
		cmp.Compare(a.kind, b.kind),
		cmp.Compare(a.since, b.since),
		cmp.Compare(a.until, b.until),
		cmp.Compare(a.lower, b.lower),
		cmp.Compare(a.upper, b.upper),
		cmp.Compare(a.source, b.source),
	)
}

// merged is what a holder has of one kind in a subject on a day.
type merged struct {
	holder       Node
	kind         Kind
	lower, upper uint32
	records      []record // of the holder and kind, of any day
}

// each calls yield for each holder and kind with a record that holds on the
// day, among all records in one subject.
func each(inSubject []record, on day, yield func(merged) bool) {
	for len(inSubject) > 0 {
		m := merged{holder: inSubject[0].holder, kind: inSubject[0].kind}
		end := 0
		for end < len(inSubject) && inSubject[end].holder == m.holder && inSubject[end].kind == m.kind {
			end++
		}
		m.records, inSubject = inSubject[:end], inSubject[end:]
		holds := false
		for _, r := range m.records {
			if r.since <= on && on < r.until {
				holds = true
				m.lower, m.upper = max(m.lower, r.lower), saturate(m.upper, r.upper)
			}
		}
		if holds && !yield(m) {
			return
		}
	}
}

// saturate adds two percents; 100 % is as much as there can be.
func saturate(a, b uint32) uint32 { return min(a+b, uint32(Whole)) }

// join lists the distinct sources in the order of their names.
func (rs *records) join(of []record) []string {
	var names []string
	for _, r := range of {
		names = append(names, rs.sources[r.source])
	}
	slices.SortFunc(names, strings.Compare)
	return slices.Compact(names)
}
