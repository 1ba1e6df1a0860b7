package keys

import "hash/maphash"

// index finds entries by a hash: open addressing, in which several entries may have
// one hash. Slots have the number of an entry, counted from 1.
type index struct {
	seed  maphash.Seed
	slots []uint32
	used  int
}

const leastSlots = 64

func newIndex() index { return index{seed: maphash.MakeSeed(), slots: make([]uint32, leastSlots)} }

func (x *index) home(key []byte) int {
	return int(maphash.Bytes(x.seed, key) & uint64(len(x.slots)-1))
}

// add adds an entry; keyOf is asked when there has to be more room.
func (x *index) add(key []byte, number uint32, keyOf func(uint32) []byte) {
	if (x.used+1)*3 > len(x.slots)*2 {
		before := x.slots
		x.slots = make([]uint32, 2*len(before))
		for _, n := range before {
			if n != 0 {
				x.put(x.home(keyOf(n)), n)
			}
		}
	}
	x.put(x.home(key), number)
	x.used++
}

func (x *index) put(at int, number uint32) {
	for x.slots[at] != 0 {
		at = (at + 1) & (len(x.slots) - 1)
	}
	x.slots[at] = number
}

// remove takes an entry out, and moves those up that would not be found any more.
func (x *index) remove(key []byte, number uint32, keyOf func(uint32) []byte) {
	mask := len(x.slots) - 1
	at := x.home(key)
	for x.slots[at] != number {
		if x.slots[at] == 0 {
			return
		}
		at = (at + 1) & mask
	}
	x.used--
	hole := at
	for next := (hole + 1) & mask; x.slots[next] != 0; next = (next + 1) & mask {
		home := x.home(keyOf(x.slots[next]))
		if (next-home)&mask >= (next-hole)&mask {
			x.slots[hole], hole = x.slots[next], next
		}
	}
	x.slots[hole] = 0
}
