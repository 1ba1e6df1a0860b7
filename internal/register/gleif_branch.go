package register

import (
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// An international branch is a place of business of its head office, and no legal
// person; a sub-fund is a compartment of its umbrella. So all of it belongs to the
// head office, today and for as long as the relationship lasts, and what is
// recorded of the branch's parents is recorded of the head office's. The other
// way round nothing is moved: a bank does not sit where its branch does.

// branch is an entity of the category BRANCH.
type branch struct {
	lei
	at mark
}

const branchCost = 40

// declareLinks declares that head offices have their branches, and umbrellas
// their sub-funds.
func (g *gleifReader) declareLinks(links []relationship) error {
	whole := ownership.Interest{Share: ownership.Share{Lower: ownership.Whole, Upper: ownership.Whole}, Directness: ownership.Direct}
	for i := range links {
		what := "international branch, the same party as its head office"
		if links[i].kind == subFundOf {
			what = "sub-fund, the same party as its umbrella"
		}
		if err := g.held(&links[i], whole, what); err != nil {
			return err
		}
	}
	return nil
}

// reportBranches remarks on branches of which nobody says whose they are. links is
// sorted.
func (g *gleifReader) reportBranches(links []relationship) {
	for _, b := range g.branches {
		if _, ok := slices.BinarySearchFunc(links, b.lei, byChild); !ok {
			g.remark(OtherRemark, g.place(b.at, string(b.lei[:])), "a branch of which no relationship names the head office: it counts as a company of its own")
		}
	}
	g.branches = nil
}

// headsOf finds the head office of each branch, and of a branch's branch. One that
// is the branch of several, or of itself, has none here: each of them has it, but
// what is recorded of it stays with it.
func headsOf(links []relationship) map[lei]lei {
	next := map[lei]lei{}
	for i := range links {
		switch l := &links[i]; {
		case !l.current():
		case next[l.child] == lei{}:
			next[l.child] = l.parent
		case next[l.child] != l.parent:
			next[l.child] = l.child
		}
	}
	heads := make(map[lei]lei, len(next))
	for child := range next {
		at, steps := child, 0
		for ; steps < maxChain; steps++ {
			up, ok := next[at]
			if !ok {
				break
			}
			at = up
		}
		if steps < maxChain && at != child {
			heads[child] = at
		}
	}
	return heads
}

// toHeads moves what is recorded of branches to their head offices. That a head
// office consolidates its own branch, or one branch another, says nothing more.
func toHeads(all []relationship, heads map[lei]lei) []relationship {
	if len(heads) == 0 {
		return all
	}
	moved := all[:0]
	for _, r := range all {
		r.child = headOf(r.child, heads)
		if r.child != headOf(r.parent, heads) {
			moved = append(moved, r)
		}
	}
	slices.SortStableFunc(moved, compareRelationships)
	return moved
}

func headOf(l lei, heads map[lei]lei) lei {
	if head, ok := heads[l]; ok {
		return head
	}
	return l
}
