package ownership

import "cmp"

// record is one declaration of an interest in a subject, which is known from
// where the record stands.
type record struct {
	holder       Node
	since, until day
	// kindLower has the lower bound in its low bits and the kind above them:
	// 100 % is less than 2³⁰ units.
	kindLower uint32
	upper     uint32
	source    uint32 // where it stands in a text, or which it is in a list
}

const (
	kindShift = 30
	lowerMask = 1<<kindShift - 1
	// invalidShare marks, while a layer is being made, a share that is no range.
	invalidShare = ^uint32(0)
)

func (r *record) kind() Kind    { return Kind(r.kindLower >> kindShift) }
func (r *record) lower() uint32 { return r.kindLower & lowerMask }

func (r *record) setKind(k Kind) { r.kindLower = uint32(min(k, Control))<<kindShift | r.lower() }

func (r *record) setShare(lower, upper uint32) {
	r.kindLower, r.upper = r.kindLower&^lowerMask|lower, upper
}

// compare orders records of one subject by all but their sources: all of one
// holder and kind stand together.
func (r *record) compare(s *record) int {
	return cmp.Or(
		cmp.Compare(r.holder, s.holder),
		cmp.Compare(r.kind(), s.kind()),
		cmp.Compare(r.since, s.since),
		cmp.Compare(r.until, s.until),
		cmp.Compare(r.lower(), s.lower()),
		cmp.Compare(r.upper, s.upper),
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
		same := sameHolding(inSubject)
		m := merged{holder: same[0].holder, kind: same[0].kind(), records: same}
		inSubject = inSubject[len(same):]
		holds := false
		for i := range same {
			if r := &same[i]; r.since <= on && on < r.until {
				holds = true
				m.lower, m.upper = max(m.lower, r.lower()), saturate(m.upper, r.upper)
			}
		}
		if holds && !yield(m) {
			return
		}
	}
}

// sameHolding returns the first records that are of one holder and kind.
func sameHolding(inSubject []record) []record {
	first, end := &inSubject[0], 1
	for end < len(inSubject) && inSubject[end].holder == first.holder && inSubject[end].kind() == first.kind() {
		end++
	}
	return inSubject[:end]
}

// saturate adds two percents; 100 % is as much as there can be.
func saturate(a, b uint32) uint32 { return min(a+b, uint32(Whole)) }
