package ownership

// bitset is a set of nodes.
type bitset []uint64

func newBitset(nodes int) bitset { return make(bitset, (nodes+63)/64) }

func (b bitset) has(n Node) bool { return b[n>>6]&(1<<(n&63)) != 0 }

func (b bitset) add(n Node) { b[n>>6] |= 1 << (n & 63) }

func (b bitset) remove(n Node) { b[n>>6] &^= 1 << (n & 63) }
