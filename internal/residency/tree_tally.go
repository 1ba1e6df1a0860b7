package residency

import (
	"math"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// tallied is a Tally with the coalition that it belongs to.
type tallied struct {
	ownership.Tally
	coalition *ownership.Coalition
}

// tallies finds the sums of holdings that count in a party: in the coalition
// under which the tree came here, or in all that restrict the party.
func (b *tree) tallies(p place) (tallies []tallied, leftOut int) {
	coalitions := []*ownership.Coalition{p.coalition}
	if p.coalition == nil {
		coalitions, leftOut = b.coalitions(p.node)
	}
	enough := b.limits.Holdings
	if b.limits.All {
		// Others must not list what is only left out of a tally.
		enough = math.MaxInt
	}
	for _, coalition := range coalitions {
		if !b.limits.All && coalition.Seed(p.node) && !coalition.MayRestrictAgain(p.node) {
			continue // nothing of it would be told, and to add it up may take long
		}
		for _, tally := range coalition.Tallies(p.node, enough) {
			if p.coalition != nil && tally.Method != p.method {
				continue
			}
			if b.tells(p, coalition, tally) {
				tallies = append(tallies, tallied{Tally: tally, coalition: coalition})
			}
		}
	}
	return tallies, leftOut
}

// tells says whether a tally is told at a place: if it restricts, if it makes
// the part of a holder that counts only in part, or if all is to be told.
func (b *tree) tells(p place, c *ownership.Coalition, t ownership.Tally) bool {
	restricts := t.Possible || t.Definite
	if p.coalition != nil && t.Method == ownership.Effective && t.Upper > 0 && !c.Seed(p.node) {
		return true
	}
	return (restricts || b.limits.All) && (len(t.Counted) > 0 || restricts && b.standing(p.node) == MaybeRestricted)
}

// coalitions are those that restrict a party or, where none does and all is to
// be told, those that its holders belong to or that hold a part of it.
func (b *tree) coalitions(n ownership.Node) (coalitions []*ownership.Coalition, leftOut int) {
	coalitions, leftOut = b.outcome.Restricting(n, b.limits.Coalitions)
	if len(coalitions) > 0 || !b.limits.All {
		return coalitions, leftOut
	}
	if b.policy.Rule.Method != ownership.Cascade {
		return b.outcome.Holding(n, b.limits.Coalitions)
	}
	found := map[telling]bool{}
	for _, holding := range b.view.Holdings(n) {
		theirs, _ := b.outcome.Restricting(holding.Holder, b.limits.Coalitions)
		for _, coalition := range theirs {
			key := b.telling(place{node: n, coalition: coalition})
			if !found[key] && len(coalitions) < b.limits.Coalitions {
				coalitions = append(coalitions, coalition)
			}
			found[key] = true
		}
	}
	return coalitions, len(found) - len(coalitions)
}

// others lists the holdings that no tally has.
func (b *tree) others(n ownership.Node, tallies []tallied) []ownership.Holding {
	if !b.limits.All {
		return nil
	}
	type edge struct {
		holder ownership.Node
		kind   ownership.Kind
	}
	counted := map[edge]bool{}
	for _, tally := range tallies {
		for _, c := range tally.Counted {
			counted[edge{c.Holder, c.Kind}] = true
		}
	}
	var others []ownership.Holding
	for _, holding := range b.view.Holdings(n) {
		if !counted[edge{holding.Holder, holding.Kind}] {
			others = append(others, holding)
		}
	}
	return others
}

func (b *tree) tally(t tallied, s step) Tally {
	out := Tally{
		Method: t.Method, Country: t.coalition.Country,
		Kind: t.Kind, Lower: t.Lower, Upper: t.Upper, Undisclosed: t.Undisclosed,
		Definite: t.Definite, Possible: t.Possible, EachHoldsAll: t.EachHoldsAll,
		LeftOut: t.LeftOut,
	}
	if b.policy.Rule.Aggregation == ownership.SingleOwner && len(t.coalition.Seeds) == 1 {
		out.Owner = b.graph.Label(t.coalition.Seeds[0])
	}
	for i, c := range t.Counted {
		if i >= b.limits.Holdings || b.parties >= b.limits.Parties {
			out.LeftOut += len(t.Counted) - i
			break
		}
		held := b.holding(c.Holding, c.Definite, place{node: c.Holder, coalition: t.coalition, method: t.Method}, s.depth)
		held.Part, held.Product, held.Adds = c.Part, c.Product, c.Adds
		out.Holdings = append(out.Holdings, held)
	}
	return out
}
