package ownership

import (
	"math/bits"
	"slices"
)

// bitset is a set of nodes, or of other small numbers.
type bitset []uint64

func newBitset(nodes int) bitset { return make(bitset, (nodes+63)/64) }

func (b bitset) has(n Node) bool { return b[n>>6]&(1<<(n&63)) != 0 }

func (b bitset) add(n Node) { b[n>>6] |= 1 << (n & 63) }

func (b bitset) remove(n Node) { b[n>>6] &^= 1 << (n & 63) }

func (b bitset) clone() bitset { return slices.Clone(b) }

// each calls visit for all that are in the set, in order.
func (b bitset) each(visit func(i int)) {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			visit(w*64 + bits.TrailingZeros64(word))
		}
	}
}

// first is the first that is in the set, or -1.
func (b bitset) first() int {
	for w, word := range b {
		if word != 0 {
			return w*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}

// count is how many are in the set.
func (b bitset) count() (count int) {
	for _, word := range b {
		count += bits.OnesCount64(word)
	}
	return count
}

// countAnd is how many are in both sets.
func (b bitset) countAnd(c bitset) (count int) {
	for w := range b {
		count += bits.OnesCount64(b[w] & c[w])
	}
	return count
}
