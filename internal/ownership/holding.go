package ownership

import (
	"slices"
	"time"
)

// Holding is all that one holder has of one kind in one subject on a day:
// records that are certainly of different holdings add up, by directness and
// class; all others are merged into the largest lower bound and the sum of the
// upper bounds, at most 100 %. The share of Control is zero: it has none.
type Holding struct {
	Holder, Subject Node
	Kind            Kind
	Share           Share
	// Sources are the distinct sources of Records, sorted.
	Sources []string
	// Records are the declarations that the share is merged from, in a fixed
	// order.
	Records []Record
}

// Record is one declaration behind a Holding. Zero times are no limits.
type Record struct {
	Share        Share
	Directness   Directness
	Class, Joint string
	// Through are the parties that the share is held through, as far as they are
	// shown.
	Through      []Node
	Since, Until time.Time
	Source       string
}

// Holdings lists the holdings in a subject, by holder and kind.
func (v *View) Holdings(subject Node) []Holding {
	var all []Holding
	v.eachHolder(subject, func(m merged) bool {
		all = append(all, v.holding(subject, m))
		return true
	})
	return all
}

func (v *View) holding(subject Node, m merged) Holding {
	h := Holding{
		Holder: m.holder, Subject: subject, Kind: m.kind,
		Share: Share{Percent(m.lower), Percent(m.upper)},
	}
	for i := range m.records {
		r := &m.records[i]
		if r.since > v.on || v.on >= r.until {
			continue
		}
		source := v.graph.source(subject, r)
		h.Sources = append(h.Sources, source)
		said := v.graph.details(subject, r)
		h.Records = append(h.Records, Record{
			Share:      Share{Percent(r.lower()), Percent(r.upper())},
			Directness: r.directness(), Class: said.class, Joint: said.joint, Through: said.through,
			Since: r.since.limit(), Until: r.until.limit(),
			Source: source,
		})
	}
	slices.Sort(h.Sources)
	h.Sources = slices.Compact(h.Sources)
	return h
}
