package register

import (
	"cmp"
	"slices"
	"time"
)

// maxChain bounds how many direct parents are followed. The longest chains of
// the golden copy are a few dozen.
const maxChain = 64

// chains are the direct parents, sorted, and the head offices of branches.
type chains struct {
	direct []relationship
	heads  map[lei]lei
}

// attached finds the place of each ultimate parent: the last of the chain of
// direct parents, or the entity itself if it has none; no place at all if the
// chain leads to the ultimate parent anyway.
//
// That is sound because whoever consolidates an entity ultimately consolidates
// its direct parent, too, and so on. What the chain does not cover (an ultimate
// relationship that has ended, the time before the chain begins, a chain in a
// circle) is what the ultimate parent has in the entity through its direct
// parents: the same shares, seen twice.
func (c chains) attached(ultimate []relationship) []relationship {
	var all []relationship
	for _, r := range ultimate {
		if !r.current() {
			all = append(all, c.seenTwice(r))
			continue
		}
		at, begins, found := c.top(&r)
		if begins.After(r.since) {
			before := c.seenTwice(r)
			before.until = begins
			all = append(all, before)
		}
		switch {
		case found:
		case at == r.child:
			all = append(all, c.seenTwice(r))
		default:
			r.child = at
			all = append(all, r)
		}
	}
	// Of the entities of a group, one says it for all: the one with the longest
	// record.
	slices.SortFunc(all, func(a, b relationship) int {
		return cmp.Or(slices.Compare(a.child[:], b.child[:]), slices.Compare(a.parent[:], b.parent[:]),
			a.until.Compare(b.until), a.since.Compare(b.since), slices.Compare(a.of[:], b.of[:]))
	})
	return slices.CompactFunc(all, func(a, b relationship) bool {
		return a.child == b.child && a.parent == b.parent && a.until.Equal(b.until)
	})
}

// seenTwice is an ultimate relationship at the entity itself. If the entity has
// other direct parents, it is through these.
func (c chains) seenTwice(r relationship) relationship {
	for _, d := range c.of(r.child) {
		if d.parent == r.parent {
			r.indirect, r.through = false, nil
			return r
		}
		r.indirect = true
		if !slices.Contains(r.through, d.parent) {
			r.through = append(r.through, d.parent)
		}
	}
	return r
}

func byChild(r relationship, child lei) int { return slices.Compare(r.child[:], child[:]) }

// of are the direct relationships of an entity.
func (c chains) of(child lei) []relationship {
	first, _ := slices.BinarySearchFunc(c.direct, child, byChild)
	end := first
	for end < len(c.direct) && c.direct[end].child == child {
		end++
	}
	return c.direct[first:end]
}

// top is the last of the chain of current direct parents of the child, and when
// the youngest of them began; found if the chain leads to the ultimate parent. Of
// a chain without an end, which is a contradiction, it is the child: better held
// twice than not at all.
func (c chains) top(r *relationship) (at lei, begins time.Time, found bool) {
	at = r.child
	wanted := headOf(r.parent, c.heads)
	for range maxChain {
		if at == wanted {
			return at, begins, true
		}
		next := c.directParent(at, r.parent, wanted)
		if next == nil {
			return at, begins, false
		}
		if next.since.After(begins) {
			begins = next.since
		}
		if next.parent == r.parent {
			return at, begins, true
		}
		at = headOf(next.parent, c.heads)
	}
	return r.child, time.Time{}, false
}

// directParent is the current direct parent: the one that is looked for, if it is
// among several, else the first by its LEI; nil if there is none.
func (c chains) directParent(child, parent, head lei) (first *relationship) {
	all := c.of(child)
	for i := range all {
		switch d := &all[i]; {
		case !d.current():
		case d.parent == parent || headOf(d.parent, c.heads) == head:
			return d
		case first == nil:
			first = d
		}
	}
	return first
}
