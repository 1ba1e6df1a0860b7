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

// heldSets also has the part that the coalition holds of every party.
type heldSets struct {
	memberSets
	parts [bounds]*parts
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
	return c.cascade != nil && c.cascade[bound].has(n) || c.effective != nil && c.effective.memberSets[bound].has(n)
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
	return o.find(n, bound, limit, func(c *Coalition) bool { return c.has(bound, n) })
}

// Holding returns the coalitions that hold anything in a party that counts by
// the rule's method, even if that is not enough to restrict it, as Restricting
// does.
func (o *Outcome) Holding(n Node, limit int) (holding []*Coalition, leftOut int) {
	return o.find(n, possible, limit, func(c *Coalition) bool { return c.holds(n) })
}

// holds says whether the coalition restricts a party or, by Effective, has any
// part of it.
func (c *Coalition) holds(n Node) bool {
	return c.has(possible, n) || c.effective != nil && c.effective.parts[possible].of(n).units != 0
}

// find returns the coalitions of a fixed order that are wanted, among those that
// a party can be traced to.
func (o *Outcome) find(n Node, bound, limit int, wanted func(*Coalition) bool) (list []*Coalition, leftOut int) {
	if o.all != nil {
		if wanted(o.all) {
			list = append(list, o.all)
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
		if c := o.explore(candidate); wanted(c) {
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
