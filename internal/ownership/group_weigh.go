package ownership

// weights are what members hold in a group, in units. They are not cut at 100 %.
type weights struct{ sure, held, free, caps uint64 }

func (w weights) plus(v weights) weights {
	return weights{w.sure + v.sure, w.held + v.held, w.free + v.free, w.caps + v.caps}
}

// less is w without v, of which it has no less.
func (w weights) less(v weights) weights {
	return weights{w.sure - v.sure, w.held - v.held, w.free - v.free, w.caps - v.caps}
}

// weigh adds up what members hold.
func (g *group) weigh(bound int, member func(Node) bool) (w weights) {
	left := g.heldBy(member)
	w.sure, _ = g.most(left, g.sameLower, largestOf, func(i *item) uint32 { return i.lower })
	if bound == definite {
		return w
	}
	w.held, _ = g.most(left, g.sameUpper, sumOf, func(i *item) uint32 {
		if i.alone {
			return 0
		}
		return i.upper
	})
	w.free, _ = g.most(left, g.sameUpper, sumOf, func(i *item) uint32 {
		if i.alone {
			return i.upper
		}
		return 0
	})
	w.caps = g.caps(left)
	return w
}

// caps is how much of what is left others certainly do not hold.
func (g *group) caps(left bitset) uint64 {
	caps, _ := g.most(left, g.sameLower, largestOf, func(i *item) uint32 { return i.caps })
	return caps
}

// heldBy are the items of members.
func (g *group) heldBy(member func(Node) bool) bitset {
	left := newBitset(len(g.items))
	for at := range g.items {
		if member(g.items[at].holder) {
			left.add(Node(at))
		}
	}
	return left
}

// taken calls visit for what is added up of each member.
func (g *group) taken(bound int, member func(Node) bool, visit func(Node, uint32)) {
	same, sum, share := g.sameLower, largestOf, func(i *item) uint32 { return i.lower }
	if bound == possible {
		same, sum, share = g.sameUpper, sumOf, func(i *item) uint32 { return i.upper }
	}
	_, which := g.most(g.heldBy(member), same, sum, share)
	which.each(func(at int) { visit(g.items[at].holder, share(&g.items[at])) })
}

// What is taken of a group in which nobody can tell what is the same.
const (
	largestOf = false
	sumOf     = true
)

// most is the most that items of which none are the same make, and which those
// are.
func (g *group) most(left bitset, same []bitset, sum bool, share func(*item) uint32) (total uint64, which bitset) {
	if g.large {
		return g.estimate(left, sum, share), left
	}
	h := heaviest[uint64]{
		conflicts: same, weight: make([]uint64, len(g.items)), steps: maxSteps,
		add: func(a, b uint64) uint64 { return a + b }, less: func(a, b uint64) bool { return a < b },
	}
	some := newBitset(len(g.items))
	left.each(func(at int) {
		if h.weight[at] = uint64(share(&g.items[at])); h.weight[at] > 0 {
			some.add(Node(at))
		}
	})
	best := h.best(some)
	if h.steps < 0 && sum {
		return g.estimate(left, sum, share), left
	}
	return best.total, best.of
}

func (g *group) estimate(left bitset, sum bool, share func(*item) uint32) (total uint64) {
	left.each(func(at int) {
		if one := uint64(share(&g.items[at])); sum {
			total += one
		} else {
			total = max(total, one)
		}
	})
	return total
}
