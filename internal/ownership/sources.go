package ownership

import (
	"maps"

	"github.com/domicile-dev/domicile/internal/persistent"
)

// Declaration is what one source declares: a party, which has a Key, and who holds
// what in it. The Subject of each interest is the party, whatever it says.
type Declaration struct {
	Party     Party
	Interests []Interest
}

// refs are all that the party is known under.
func (d *Declaration) refs() []Ref {
	refs := []Ref{{Key: d.Party.Key}}
	for _, id := range d.Party.Identifiers {
		if id = id.Normal(); id != (Identifier{}) {
			refs = append(refs, Ref{Identifier: id})
		}
	}
	return refs
}

// addTo adds the declaration to a Builder.
func (d *Declaration) addTo(b *Builder) {
	b.AddParty(d.Party)
	for _, i := range d.Interests {
		i.Subject = Ref{Key: d.Party.Key}
		b.AddInterest(i)
	}
}

// Sources are what some sources declare, by the names of those. A change makes the
// next Sources from the last ones, and takes as long as much is touched; if it
// touches who there is, and not only what is declared of them, most is copied.
// Equal declarations make equal layers, however they came. It is immutable; the zero
// value has none.
type Sources struct {
	declared persistent.Map[*Declaration]
	// parties has the sources that declare a party, by what it is known under, and
	// holders those that say that a party holds something, by what they call it.
	parties, holders persistent.Index
	layer            *Layer
	// whole is the last layer that was made as one, of what was declared then; since
	// then what these declare has changed.
	whole struct {
		declared persistent.Map[*Declaration]
		layer    *Layer
	}
	since map[string]bool
	// settled is how long the text of the layer was when all was put into it anew.
	settled int
}

// Layer has all that is declared, for the top of a graph; nil if nothing ever was.
func (s *Sources) Layer() *Layer { return s.layer }

// With are the sources after some changed, came, or went (nil). No declaration may
// be changed afterwards.
func (s *Sources) With(changes map[string]*Declaration) *Sources {
	next := &Sources{settled: s.settled, whole: s.whole, since: maps.Clone(s.since)}
	if next.since == nil {
		next.since = map[string]bool{}
	}
	parties, holders := persistent.Edits{}, persistent.Edits{}
	set, gone := map[string]*Declaration{}, []string{}
	for name, after := range changes {
		next.since[name] = true
		if before, ok := s.declared.Get(name); ok {
			before.index(name, parties.Remove, holders.Remove)
		}
		if after == nil {
			gone = append(gone, name)
			continue
		}
		after.index(name, parties.Add, holders.Add)
		set[name] = after
	}
	next.declared = s.declared.With(set, gone...)
	next.parties, next.holders = s.parties.With(parties), s.holders.With(holders)
	if next.declareAnew(s, changes) {
		return next
	}
	if !next.patch() {
		next.settle()
	}
	next.whole.declared, next.whole.layer, next.since = next.declared, next.layer, nil
	return next
}

func (d *Declaration) index(name string, party, holder func(label, name string)) {
	for _, r := range d.refs() {
		party(r.label(), name)
	}
	for _, i := range d.Interests {
		if r := i.Holder.normal(); r != (Ref{}) {
			holder(r.label(), name)
		}
	}
}

// settle puts everything into a new layer.
func (s *Sources) settle() {
	var b Builder
	interests := 0
	for _, d := range s.declared.All() {
		interests += len(d.Interests)
	}
	b.Grow(s.declared.Len(), interests)
	for _, d := range s.declared.All() { // in any order they make the same layer
		d.addTo(&b)
	}
	s.layer = b.Layer()
	s.settled = len(s.layer.text)
}

const (
	// garbage is how much longer than twice its first length a text may become by
	// what does not stand in the layer any more.
	garbage = 1 << 16
	// patchable says that a patch is made if at most one source in so many is to be
	// read again.
	patchable = 4
)

// patch makes the layer from an earlier one; false if that is not possible, or
// would not be faster.
func (s *Sources) patch() bool {
	old := s.whole.layer
	if old == nil || !old.patchable() || len(old.text) > min(2*s.settled+garbage, maxText/2) || len(s.since)*patchable > s.declared.Len() {
		return false
	}
	r := rereading{s: s, old: old, dropped: newBitset(old.len()), again: map[string]bool{}}
	r.changed()
	if !r.whole() {
		return false
	}
	piece := r.piece()
	if !piece.patchable() || len(old.schemes)+len(piece.schemes) > maxSchemes || len(piece.text) > maxText/8 {
		return false
	}
	s.layer = old.patched(r.dropped, piece)
	return s.layer.problems.leftOut == 0
}

// rereading finds out which declarations are to be read again after a change, and
// which nodes of an earlier layer are made anew of them.
type rereading struct {
	s       *Sources // after the change
	old     *Layer
	dropped bitset
	again   map[string]bool
}

// changed drops the parties of which declarations have changed since the whole layer:
// what they are known under may be otherwise, and so whom others name as a holder.
func (r *rereading) changed() {
	labels := map[string]bool{}
	for name := range r.s.since {
		known, _ := r.s.whole.declared.Get(name)
		after, _ := r.s.declared.Get(name)
		for _, d := range []*Declaration{known, after} {
			if d == nil {
				continue
			}
			for _, ref := range d.refs() {
				labels[ref.label()] = true
				if n, ok := r.old.find(ref); ok && !r.dropped.has(n) {
					r.dropped.add(n)
					for _, other := range r.old.refs(n) {
						labels[other.label()] = true
					}
				}
			}
		}
	}
	for label := range labels {
		r.declare(label)
		for name := range r.s.holders.Names(label) {
			r.again[name] = true
		}
	}
}

func (r *rereading) declare(label string) {
	for name := range r.s.parties.Names(label) {
		r.again[name] = true
	}
}

// whole drops the parties of all that is to be read again, with everything that
// is declared of them; false if that is too much. Those that did not change are
// known under the same as before.
func (r *rereading) whole() bool {
	seen := map[string]bool{}
	for queue := maps.Clone(r.again); len(queue) > 0; {
		if len(r.again)*patchable > r.s.declared.Len() {
			return false
		}
		for name := range queue {
			seen[name] = true
			d, _ := r.s.declared.Get(name)
			n, ok := r.old.find(Ref{Key: d.Party.Key})
			if !ok || r.dropped.has(n) {
				continue
			}
			r.dropped.add(n)
			for _, ref := range r.old.refs(n) {
				r.declare(ref.label())
			}
		}
		queue = map[string]bool{}
		for name := range r.again {
			if !seen[name] {
				queue[name] = true
			}
		}
	}
	return true
}

// piece is a layer of all that is to be read again. It knows the holders by all
// their names, so that it says of them what the whole would say.
func (r *rereading) piece() *Layer {
	var b Builder
	known := map[string]bool{}
	for name := range r.again {
		d, _ := r.s.declared.Get(name)
		d.addTo(&b)
		for _, i := range d.Interests {
			n, ok := r.old.find(i.Holder.normal())
			if !ok || r.dropped.has(n) {
				continue
			}
			for _, ref := range r.old.refs(n) {
				for holder := range r.s.parties.Names(ref.label()) {
					known[holder] = true
				}
			}
		}
	}
	for name := range known {
		d, _ := r.s.declared.Get(name)
		b.AddParty(d.Party)
	}
	return b.Layer()
}
