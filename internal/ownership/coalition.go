package ownership

import (
	"slices"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// Coalition is a set of seeds whose holdings count together, with all that they
// restrict. It is immutable and safe for concurrent use.
type Coalition struct {
	// Country is set with SameJurisdiction.
	Country jurisdiction.Code
	// Seeds are the definite seeds, sorted: one with SingleOwner; none in the
	// coalition of what is unknown or undisclosed alone. The caller must not
	// change them.
	Seeds []Node

	outcome *Outcome
	// By method; nil for one that the rule does not ask.
	cascade   *memberSets
	effective *heldSets
	exact     [bounds]exactParts
}

// memberSets are the members of a coalition, by one method.
type memberSets [bounds]memberSet

// heldSets is what a coalition holds by Effective: with the part of every party, or
// what finds that where there are several coalitions.
type heldSets struct {
	memberSets
	parts [bounds]*parts
	owned [bounds]*owned
}

// of is the part that the coalition holds of a party.
func (h *heldSets) of(bound int, n Node) part {
	if one := h.owned[bound]; one != nil {
		return one.of(n)
	}
	return h.parts[bound].of(n)
}

func (h *heldSets) has(bound int, n Node) bool {
	return h.memberSets[bound].has(n) || h.owned[bound] != nil && h.owned[bound].restricts(bound, n)
}

// memberSet is a shared set and what a coalition has in addition to it, sorted.
type memberSet struct {
	shared bitset
	own    []Node
}

func (s memberSet) has(n Node) bool {
	_, own := slices.BinarySearch(s.own, n)
	return own || s.shared.has(n)
}

// Definite says whether the coalition definitely restricts a party, by any
// method that the rule asks.
func (c *Coalition) Definite(n Node) bool { return c.has(definite, n) }

// Possible says whether the coalition possibly restricts a party.
func (c *Coalition) Possible(n Node) bool { return c.has(possible, n) }

func (c *Coalition) has(bound int, n Node) bool {
	return c.cascade != nil && c.cascade[bound].has(n) || c.effective != nil && c.effective.has(bound, n)
}

// Seed says whether a party belongs to the coalition without any holder: a
// seed, or (possibly) one of Start.Unread and Start.Unknown.
func (c *Coalition) Seed(n Node) bool {
	if _, ok := slices.BinarySearch(c.Seeds, n); ok {
		return true
	}
	_, ok := slices.BinarySearch(c.outcome.unknown, n)
	return ok
}

// MayRestrictAgain says whether a seed of the coalition may be restricted by what
// the coalition holds in it besides. It is false only where that is certain and
// can be told at once.
func (c *Coalition) MayRestrictAgain(seed Node) bool {
	o := c.outcome
	if o.cascade != nil || o.rule.Aggregation != SingleOwner {
		return true
	}
	s := o.effective.sieve(o, seed, possible)
	return s.any || s.itself
}

// Restricting returns the coalitions that restrict a party, in a fixed order
// (by country; by seed; the one without seeds last): those that definitely do
// if the party is Definite, else those that possibly do. It returns at most
// limit of them, and how many more there may be.
func (o *Outcome) Restricting(n Node, limit int) (restricting []*Coalition, leftOut int) {
	if !o.Possible(n) {
		return nil, 0
	}
	bound := possible
	if o.Definite(n) {
		bound = definite
	}
	may, tried := func(int32) bool { return true }, func(*owned) {}
	if o.effective != nil && o.all == nil {
		s := o.effective.sieve(o, n, bound)
		may, tried = s.may, s.tried
	}
	return o.find(n, bound, limit, func(number int) *Coalition {
		possibly := may(int32(number))
		if o.cascade == nil && !possibly {
			return nil
		}
		c := o.coalition(number)
		switch {
		case c.cascade != nil && c.cascade[bound].has(n), possibly && c.effective != nil && c.effective.has(bound, n):
			return c
		case possibly && c.effective != nil:
			tried(c.effective.owned[bound])
		}
		return nil
	})
}

// Holding returns the coalitions that hold anything in a party that counts by
// the rule's method, even if that is not enough to restrict it, as Restricting
// does.
func (o *Outcome) Holding(n Node, limit int) (holding []*Coalition, leftOut int) {
	return o.find(n, possible, limit, func(number int) *Coalition {
		if c := o.coalition(number); c.holds(n) {
			return c
		}
		return nil
	})
}

// holds says whether the coalition restricts a party or, by Effective, has any
// part of it.
func (c *Coalition) holds(n Node) bool {
	return c.has(possible, n) || c.effective != nil && c.effective.of(possible, n).units != 0
}

// coalition is the one of a number.
func (o *Outcome) coalition(number int) *Coalition {
	if o.all != nil {
		return o.all
	}
	return o.explore(number)
}

// find returns the coalitions of a fixed order that are wanted, among those that
// a party can be traced to.
func (o *Outcome) find(n Node, bound, limit int, wanted func(number int) *Coalition) (list []*Coalition, leftOut int) {
	if o.all != nil {
		if c := wanted(0); c != nil {
			list = append(list, c)
		}
		return list, 0
	}
	o.exploring.Lock()
	defer o.exploring.Unlock()
	candidates := o.candidates(n, bound)
	for i, candidate := range candidates {
		if len(list) == limit {
			return list, len(candidates) - i
		}
		if c := wanted(candidate); c != nil {
			list = append(list, c)
		}
	}
	return list, 0
}

// candidates number the coalitions with a seed that a party can be traced to,
// and the one without seeds if that restricts it.
func (o *Outcome) candidates(n Node, bound int) []int {
	list := o.seedsAbove(n, bound)
	if o.cascade != nil && o.cascade.base[bound].has(n) ||
		o.effective != nil && (o.effective.base[bound].has(n) || o.effective.baseParts[bound].of(n).units != 0) {
		list = append(slices.Clip(list), o.seedless())
	}
	return list
}

// seedless is the number of the coalition without seeds, which comes last.
func (o *Outcome) seedless() int { return len(o.coalitions) }

// leads says whether seeds may be found above a party.
func (o *Outcome) leads(n Node, bound int) bool {
	return o.members[bound].has(n) || o.effective != nil && o.effective.reached[bound].has(n)
}
