package ownership

import (
	"cmp"
	"slices"
)

// record is one declaration of an interest in a subject, which is known from
// where the record stands.
type record struct {
	holder       Node
	since, until day
	// kindLower has the lower bound in its low bits and the kind above them:
	// 100 % is less than 2³⁰ units.
	kindLower uint32
	// directUpper has the upper bound in its low bits and the directness above
	// them.
	directUpper uint32
	source      uint32 // where it stands in a text, or which it is in a list
	details     uint32 // which it is in a list
}

const (
	topShift  = 30
	shareMask = 1<<topShift - 1
)

func (r *record) kind() Kind             { return Kind(r.kindLower >> topShift) }
func (r *record) lower() uint32          { return r.kindLower & shareMask }
func (r *record) upper() uint32          { return r.directUpper & shareMask }
func (r *record) directness() Directness { return Directness(r.directUpper >> topShift) }

func (r *record) setKind(k Kind) { r.kindLower = uint32(min(k, Control))<<topShift | r.lower() }

func (r *record) setDirectness(d Directness) {
	r.directUpper = uint32(min(d, Indirect))<<topShift | r.upper()
}

func (r *record) setShare(lower, upper uint32) {
	r.kindLower, r.directUpper = r.kindLower&^shareMask|lower, r.directUpper&^shareMask|upper
}

// setInvalid marks, while a layer is being made, a share that is no range.
func (r *record) setInvalid() { r.setShare(1, 0) }

func (r *record) invalid() bool { return r.lower() > r.upper() }

// holds says whether a record holds on a day.
func (r *record) holds(on day) bool { return r.since <= on && on < r.until }

// compare orders records of one subject by all but their sources: all of one
// holder and kind stand together.
func (r *record) compare(s *record) int {
	return cmp.Or(
		cmp.Compare(r.holder, s.holder),
		cmp.Compare(r.kind(), s.kind()),
		cmp.Compare(r.since, s.since),
		cmp.Compare(r.until, s.until),
		cmp.Compare(r.lower(), s.lower()),
		cmp.Compare(r.directUpper, s.directUpper),
	)
}

// merged is what a holder has of one kind in a subject on a day.
type merged struct {
	holder       Node
	kind         Kind
	how          how
	lower, upper uint32
	// caps is the part of lower that others certainly do not hold; covers is the
	// part that is not declared to be held through others.
	caps, covers uint32
	records      []record // of the holder and kind, of any day
}

// how says in which way a holding counts.
type how uint8

const (
	// unsaid: nobody says whether it is direct. Others may have it, too, but it is
	// part of the 100 % that there are.
	unsaid how = iota
	// direct: it is a part of the 100 % that nobody else has.
	direct
	// through: it is held through others, of whom nothing is shown. Who has shares
	// directly may have them for this holder, so that nothing caps it.
	through
	// grouped: it has parts that count in several ways; the subject's grouping has
	// them.
	grouped
)

// declarations are the records in one subject, with what they refer to.
type declarations struct {
	records []record
	details []details
}

// each calls yield for each holder and kind with a record that holds on the
// day, until yield returns false.
func (d declarations) each(on day, yield func(merged) bool) {
	chain := d.chain(on)
	for rest := d.records; len(rest) > 0; {
		same := sameHolding(rest)
		rest = rest[len(same):]
		if m, holds := d.merge(same, chain, on); holds && !yield(m) {
			return
		}
	}
}

// merge makes one holding of the records of one holder and kind.
func (d declarations) merge(same []record, chain []Node, on day) (m merged, holds bool) {
	first := &same[0]
	m = merged{holder: first.holder, kind: first.kind(), how: howOf(first.directness()), records: same}
	alike := true
	for i := range same {
		r := &same[i]
		alike = alike && r.details == 0 && r.directness() == first.directness()
		if r.holds(on) {
			holds = true
			m.lower, m.upper = max(m.lower, r.lower()), saturate(m.upper, r.upper())
		}
	}
	switch {
	case !holds || m.kind == Control:
		m.how = unsaid
		return m, holds
	case alike && m.how != through:
		m.covers = m.lower
	case !alike:
		d.mergeCells(&m, on)
	}
	if len(chain) > 0 && containsNode(chain, m.holder) {
		m.how = grouped
	}
	if m.how == direct {
		m.caps = m.lower
	}
	return m, holds
}

// mergeCells is merge where not all records say the same of a holding.
func (d declarations) mergeCells(m *merged, on day) {
	cells := d.cells(m.records, on)
	m.lower = certain(cells)
	m.how = howOf(cells[0].directness)
	if len(cells) > 1 || len(cells[0].through)+len(cells[0].maybe) > 0 || cells[0].joint != "" {
		m.how = grouped
	}
	m.covers = certain(slices.DeleteFunc(cells, func(c cell) bool { return c.directness == Indirect || len(c.through) > 0 }))
}

func howOf(d Directness) how {
	switch d {
	case Direct:
		return direct
	case Indirect:
		return through
	default:
		return unsaid
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
