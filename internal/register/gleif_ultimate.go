package register

import (
	"cmp"
	"slices"
)

// attachment is an ultimate relationship of the entity of, at its place.
type attachment struct {
	relationship
	of lei
}

// maxChain bounds how many direct parents are followed. The longest chains of
// the golden copy are a few dozen.
const maxChain = 64

// attached finds the place of each ultimate parent: the last of the chain of
// direct parents, or the entity itself if it has none; no place at all if the
// chain leads to the ultimate parent anyway. direct is sorted.
//
// That is sound because whoever consolidates an entity ultimately consolidates
// its direct parent, too, and so on. An ultimate relationship that has ended is
// not moved along a chain of today; it counts where there is no direct one.
func attached(ultimate, direct []relationship) []attachment {
	var all []attachment
	for _, r := range ultimate {
		at, ok := top(r, direct)
		if !r.current() {
			_, has := slices.BinarySearchFunc(direct, r.child, byChild)
			at, ok = r.child, !has
		}
		if ok && at != r.parent {
			of := r.child
			r.child = at
			all = append(all, attachment{r, of})
		}
	}
	// Of the entities of a group, one says it for all: the one with the longest
	// record.
	slices.SortFunc(all, func(a, b attachment) int {
		return cmp.Or(slices.Compare(a.child[:], b.child[:]), slices.Compare(a.parent[:], b.parent[:]),
			a.until.Compare(b.until), a.since.Compare(b.since), slices.Compare(a.of[:], b.of[:]))
	})
	return slices.CompactFunc(all, func(a, b attachment) bool {
		return a.child == b.child && a.parent == b.parent && a.until.Equal(b.until)
	})
}

func byChild(r relationship, child lei) int { return slices.Compare(r.child[:], child[:]) }

// top is the last of the chain of current direct parents of the child; false if
// the chain leads to the ultimate parent. Of a chain without an end, which is a
// contradiction, it is the child: better held twice than not at all.
func top(r relationship, direct []relationship) (lei, bool) {
	at := r.child
	for range maxChain {
		if at == r.parent {
			return at, false
		}
		next, ok := directParent(at, r.parent, direct)
		if !ok {
			return at, true
		}
		at = next
	}
	return r.child, true
}

// directParent is the current direct parent: the one that is looked for, if it is
// among several, else the first by its LEI.
func directParent(child, wanted lei, direct []relationship) (lei, bool) {
	var first lei
	found := false
	i, _ := slices.BinarySearchFunc(direct, child, byChild)
	for ; i < len(direct) && direct[i].child == child; i++ {
		switch d := direct[i]; {
		case !d.current():
		case d.parent == wanted:
			return wanted, true
		case !found:
			first, found = d.parent, true
		}
	}
	return first, found
}
