package ownership

import (
	"math/rand/v2"
	"testing"
)

// TestHeaviestIsTheMost compares the choice with all choices, on small graphs, and
// wants few steps for the shapes that groups have.
func TestHeaviestIsTheMost(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 1 + random.IntN(9)
		h := solverOf(n)
		for range random.IntN(2 * n) {
			if i, j := random.IntN(n), random.IntN(n); i != j {
				h.conflicts[i].add(Node(j))
				h.conflicts[j].add(Node(i))
			}
		}
		all := newBitset(n)
		for i := range n {
			h.weight[i] = uint64(random.IntN(6))
			all.add(Node(i))
		}
		want := uint64(0)
		for choice := range 1 << n {
			sum, allowed := uint64(0), true
			for i := range n {
				for j := range i {
					allowed = allowed && (choice>>i&1 == 0 || choice>>j&1 == 0 || !h.conflicts[i].has(Node(j)))
				}
				sum += h.weight[i] * uint64(choice>>i&1)
			}
			if allowed {
				want = max(want, sum)
			}
		}
		got, sum := h.best(all.clone()), uint64(0)
		got.of.each(func(i int) { sum += h.weight[i] })
		if got.total != want || sum != want {
			t.Fatalf("%v, %v: %d, of which %d are named; want %d", h.conflicts, h.weight, got.total, sum, want)
		}
	}
}

func TestHeaviestTakesFewStepsForChainsAndStars(t *testing.T) {
	const n = maxGroup
	chain, star := solverOf(n), solverOf(n)
	all := newBitset(n)
	for i := range n {
		all.add(Node(i))
		for j := range i {
			chain.conflicts[i].add(Node(j))
			chain.conflicts[j].add(Node(i))
		}
		if i > 0 {
			star.conflicts[0].add(Node(i))
			star.conflicts[i].add(0)
		}
	}
	for name, h := range map[string]*heaviest[uint64]{"chain": chain, "star": star} {
		h.best(all.clone())
		if steps := maxSteps - h.steps; steps > n {
			t.Errorf("a %s of %d takes %d steps", name, n, steps)
		}
	}
}

// TestHeaviestGivesUp wants an answer, if not the most, in bounded steps.
func TestHeaviestGivesUp(t *testing.T) {
	const n = maxGroup
	random := rand.New(rand.NewPCG(3, 4))
	h := solverOf(n)
	all := newBitset(n)
	for i := range n {
		all.add(Node(i))
		for range 3 {
			if j := random.IntN(n); j != i {
				h.conflicts[i].add(Node(j))
				h.conflicts[j].add(Node(i))
			}
		}
	}
	got := h.best(all.clone())
	got.of.each(func(i int) {
		if h.conflicts[i].countAnd(got.of) > 0 {
			t.Errorf("%d excludes another one that was chosen", i)
		}
	})
	if h.steps < -n*n || got.total == 0 {
		t.Errorf("%d steps too many, for %d", -h.steps, got.total)
	}
}

func solverOf(n int) *heaviest[uint64] {
	h := &heaviest[uint64]{
		conflicts: make([]bitset, n), weight: make([]uint64, n), steps: maxSteps,
		add: func(a, b uint64) uint64 { return a + b }, less: func(a, b uint64) bool { return a < b },
	}
	for i := range n {
		h.conflicts[i], h.weight[i] = newBitset(n), 1
	}
	return h
}
