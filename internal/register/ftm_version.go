package register

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// sightings has a sum of the id and of the content of each entity that was read.
type sightings struct {
	slots []sighting
	used  int
}

type sighting struct{ id, content uint64 }

const sightingCost = 32

// add says whether an entity with that id and another content was there before,
// and whether the very same one was.
func (v *sightings) add(n sighting) (differs, same bool) {
	if 2*v.used >= len(v.slots) {
		old := v.slots
		v.used = 0
		v.slots = make([]sighting, max(1024, 2*len(old)))
		for _, o := range old {
			if o != (sighting{}) {
				v.put(o)
			}
		}
	}
	return v.put(n)
}

func (v *sightings) put(n sighting) (differs, same bool) {
	mask := uint64(len(v.slots) - 1)
	for i := n.id & mask; ; i = (i + 1) & mask {
		switch s := v.slots[i]; {
		case s == (sighting{}):
			v.slots[i] = n
			v.used++
			return differs, false
		case s == n:
			return differs, true
		case s.id == n.id:
			differs = true
		}
	}
}

// sighted says whether the very same entity was read before, and remarks on one
// that stood elsewhere with another content. A party may stand within others in
// part: that is no contradiction.
func (r *ftmReader) sighted(e *entity, at place) (same bool, err error) {
	if e.within && schemata[e.Schema].use == asParty {
		return false, nil
	}
	n := sighting{maphash.String(seed, e.ID) | 1, e.Properties.sum ^ maphash.String(seed, e.Schema)}
	differs, same := r.sightings.add(n)
	if same {
		return true, nil
	}
	if differs {
		r.remark(ConflictingDuplicate, at, "another entity with this id says something else: both count")
	}
	return false, r.sink.spend(sightingCost)
}

// told is an interest of which the record says how it is held, which tells it
// apart from others.
type told struct {
	entity   uint64
	interest ownership.Interest
}

// tell adds the interests that were kept. Where versions of one record contradict
// each other in how something is held, that is not known: they are one holding that
// is told several times.
func (r *ftmReader) tell() error {
	slices.SortStableFunc(r.told, func(a, b told) int { return cmp.Compare(a.entity, b.entity) })
	for same := r.told; len(same) > 0; {
		n := 1
		for n < len(same) && same[n].entity == same[0].entity {
			n++
		}
		how, class := same[0].interest.Directness, same[0].interest.Class
		for _, t := range same[1:n] {
			if t.interest.Directness != how {
				how = ownership.UnknownDirectness
			}
			if t.interest.Class != class {
				class = ""
			}
		}
		for _, t := range same[:n] {
			t.interest.Directness, t.interest.Class = how, class
			if err := r.sink.interest(t.interest); err != nil {
				return err
			}
		}
		same = same[n:]
	}
	return nil
}
