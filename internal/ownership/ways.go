package ownership

const (
	// maxWay bounds how many parties above a holder are looked at.
	maxWay = 256
	// maxWays bounds the pairs of holders in one subject that are looked at. In a
	// subject with more, what is declared counts as it is.
	maxWays = 1 << 18
)

// ways finds out through whom somebody may hold something of whom it is said only
// that it is indirect: through those holders in the same subject that the party
// itself, directly or through others, has anything in. Their shares may be the
// same as what it declares.
type ways struct {
	recordsOf func(Node) []record
	details   *detailsList
	above     map[Node]*way
}

// way are the parties above a holder; not all of them if there are too many.
type way struct {
	parties map[Node]bool
	all     bool
}

// alone says whether a record is of an indirect share and shows nobody between.
func (r *record) alone(all []details) bool {
	return r.directness() == Indirect && r.kind() != Control && len(all[r.details].through) == 0
}

// find adds to the records in a subject through whom they may be.
func (w *ways) find(subject Node, inSubject []record) {
	w.above = nil
	pairs := 0
	for i := range inSubject {
		r := &inSubject[i]
		if !r.alone(w.details.all) {
			continue
		}
		if pairs += len(inSubject); pairs > maxWays {
			return
		}
		said := w.details.all[r.details]
		said.maybe = nil
		for j := range inSubject {
			h := inSubject[j].holder
			if h == subject || h == r.holder || len(said.maybe) > 0 && said.maybe[len(said.maybe)-1] == h {
				continue
			}
			if above := w.from(h, subject); above.parties[r.holder] || !above.all {
				said.maybe = append(said.maybe, h)
			}
		}
		r.details = w.details.number(said)
	}
}

// from are the parties above a holder, without those above the subject.
func (w *ways) from(holder, subject Node) *way {
	if known := w.above[holder]; known != nil {
		return known
	}
	found := &way{parties: map[Node]bool{}, all: true}
	if w.above == nil {
		w.above = map[Node]*way{}
	}
	w.above[holder] = found
	seen := map[Node]bool{holder: true, subject: true}
	for queue := []Node{holder}; len(queue) > 0; queue = queue[1:] {
		for _, r := range w.recordsOf(queue[0]) {
			if seen[r.holder] {
				continue
			}
			if len(seen) > maxWay {
				found.all = false
				return found
			}
			seen[r.holder], found.parties[r.holder] = true, true
			queue = append(queue, r.holder)
		}
	}
	return found
}

// indexAlone lists the subjects in which somebody has something indirectly, and
// nobody is shown between.
func (l *layerData) indexAlone() {
	l.alone = nil
	l.eachRecord(func(subject Node, r *record) {
		if r.alone(l.details) && (len(l.alone) == 0 || l.alone[len(l.alone)-1] != subject) {
			l.alone = append(l.alone, subject)
		}
	})
}

// findWays adds to all records of a layer through whom they may be.
func (l *layerData) findWays(list *detailsList) {
	l.details = list.all
	l.indexAlone()
	w := ways{recordsOf: l.recordsOf, details: list}
	for _, subject := range l.alone {
		w.find(subject, l.recordsOf(subject))
	}
	l.details = list.all
}

// passes says whether any party that a holder in a subject leads up to is one of
// some.
func (l *layerData) passes(subject Node, some bitset) bool {
	w := ways{recordsOf: l.recordsOf, above: map[Node]*way{}}
	for _, r := range l.recordsOf(subject) {
		above := w.from(r.holder, subject)
		if !above.all || some.has(r.holder) {
			return true
		}
		for n := range above.parties {
			if some.has(n) {
				return true
			}
		}
	}
	return false
}
