package ownership

import "math/bits"

// heaviest chooses, among things of which some exclude each other, those that
// make the most together. That is what a group of holdings counts with: of the
// same shares seen several times, what makes the most of them.
type heaviest[W any] struct {
	conflicts []bitset // by thing: those that it excludes
	weight    []W
	add       func(a, b W) W
	less      func(a, b W) bool
	// steps bounds the work; it is below 0 if that was not enough.
	steps int
}

// maxSteps bounds the work for one group. Chains and stars, which is what groups
// are nearly always, take a few steps for each holding.
const maxSteps = 5_000

// sumOfHeaviest is the most that some of the things that are left make.
func sumOfHeaviest(same []bitset, weight []uint64, left bitset) uint64 {
	h := heaviest[uint64]{
		conflicts: same, weight: weight, steps: maxSteps,
		add: func(a, b uint64) uint64 { return a + b }, less: func(a, b uint64) bool { return a < b },
	}
	return h.best(left).total
}

type chosen[W any] struct {
	total W
	of    bitset
}

// best chooses among the things that are left. It prefers what stands later
// where two ways make the same: what is shown, and not what is only declared.
func (h *heaviest[W]) best(left bitset) chosen[W] {
	most := chosen[W]{of: newBitset(len(h.weight))}
	for {
		part := h.connected(left)
		if part == nil {
			return most
		}
		for i := range part {
			left[i] &^= part[i]
		}
		best := h.connectedBest(part)
		most.total = h.add(most.total, best.total)
		for i := range best.of {
			most.of[i] |= best.of[i]
		}
	}
}

// connectedBest chooses among things that are connected by what they exclude.
func (h *heaviest[W]) connectedBest(part bitset) chosen[W] {
	hub, degree := -1, 0
	part.each(func(i int) {
		if d := h.conflicts[i].countAnd(part); hub < 0 || d > degree {
			hub, degree = i, d
		}
	})
	without := part.clone()
	without.remove(Node(hub))
	if degree == 0 {
		one := chosen[W]{h.weight[hub], newBitset(len(h.weight))}
		one.of.add(Node(hub))
		return one
	}
	h.steps--
	with := without.clone()
	for i := range with {
		with[i] &^= h.conflicts[hub][i]
	}
	if h.steps < 0 {
		// Something that can be had, if not the most.
		some := h.best(with)
		some.total = h.add(some.total, h.weight[hub])
		some.of.add(Node(hub))
		return some
	}
	skip, take := h.best(without), h.best(with)
	take.total = h.add(take.total, h.weight[hub])
	take.of.add(Node(hub))
	if h.less(skip.total, take.total) {
		return take
	}
	return skip
}

// connected are the first thing that is left and all that it is connected with;
// nil if nothing is left.
func (h *heaviest[W]) connected(left bitset) bitset {
	first := left.first()
	if first < 0 {
		return nil
	}
	part := newBitset(len(h.weight))
	part.add(Node(first))
	for queue := []int{first}; len(queue) > 0; {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for w := range part {
			more := left[w] & h.conflicts[i][w] &^ part[w]
			part[w] |= more
			for ; more != 0; more &= more - 1 {
				queue = append(queue, w*64+bits.TrailingZeros64(more))
			}
		}
	}
	return part
}
