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

const versionCost = 32

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

// version remarks on an entity that stood elsewhere with another content.
// The same entity may stand within others in part.
func (r *ftmReader) version(e *entity, at place) error {
	if e.within {
		return nil
	}
	n := sighting{maphash.String(seed, e.ID) | 1, e.Properties.sum ^ maphash.String(seed, e.Schema)}
	differs, same := r.sightings.add(n)
	if same {
		return nil
	}
	if differs {
		r.remark(ConflictingDuplicate, at, "another entity with this id says something else: both count")
	}
	return r.sink.spend(versionCost)
}

// told is an interest of which the record says how it is held, which tells it
// apart from others.
type told struct {
	entity, version uint64
	interest        ownership.Interest
}

// tell adds the interests that were kept. Where sightings of one record contradict
// each other, they are one holding that is told several times, however they say
// that it is held.
func (r *ftmReader) tell() error {
	slices.SortStableFunc(r.told, func(a, b told) int { return cmp.Compare(a.entity, b.entity) })
	for same := r.told; len(same) > 0; {
		n := 1
		for n < len(same) && same[n].entity == same[0].entity {
			n++
		}
		conflicting := slices.ContainsFunc(same[:n], func(t told) bool { return t.version != same[0].version })
		for _, t := range same[:n] {
			if conflicting {
				t.interest.Directness, t.interest.Class = ownership.UnknownDirectness, ""
			}
			if err := r.sink.interest(t.interest); err != nil {
				return err
			}
		}
		same = same[n:]
	}
	return nil
}
