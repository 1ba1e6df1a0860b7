package ownership

import (
	"slices"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// Coalition is a set of restricted parties whose holdings count together. It is
// immutable and safe for concurrent use.
type Coalition struct {
	// Country is set with SameJurisdiction.
	Country jurisdiction.Code
	// Seeds are the definite seeds, sorted: one with SingleOwner; none in the
	// coalition of what is unknown or undisclosed alone. The caller must not
	// change them.
	Seeds []Node

	outcome *Outcome
	members [bounds]memberSet
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

// Definite says whether a party definitely belongs to the coalition.
func (c *Coalition) Definite(n Node) bool { return c.members[definite].has(n) }

// Possible says whether a party possibly belongs to the coalition.
func (c *Coalition) Possible(n Node) bool { return c.members[possible].has(n) }

// Seed says whether a party belongs to the coalition without any holder: a
// seed, or (possibly) one of Start.Unknown.
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
	if o.rule.Aggregation == AllRestricted {
		c := &Coalition{Seeds: o.coalitions[0].nodes, outcome: o}
		for bound := range bounds {
			c.members[bound].shared = o.members[bound]
		}
		return []*Coalition{c}, 0
	}
	bound := possible
	if o.Definite(n) {
		bound = definite
	}
	candidates := o.candidates(n, bound)
	o.exploring.Lock()
	defer o.exploring.Unlock()
	for i, candidate := range candidates {
		if len(restricting) == limit {
			return restricting, len(candidates) - i
		}
		if c := o.explore(candidate); c.members[bound].has(n) {
			restricting = append(restricting, c)
		}
	}
	return restricting, 0
}

// candidates are the coalitions with a seed that a party can be traced to, and
// the one without seeds if that restricts it.
func (o *Outcome) candidates(n Node, bound int) []seeds {
	above := map[Node]bool{n: true}
	queue := []Node{n}
	for len(queue) > 0 {
		subject := queue[0]
		queue = queue[1:]
		o.view.eachHolder(subject, func(m merged) bool {
			if o.members[bound].has(m.holder) && !above[m.holder] {
				above[m.holder] = true
				queue = append(queue, m.holder)
			}
			return true
		})
	}
	var list []seeds
	for _, c := range o.coalitions {
		if slices.ContainsFunc(c.nodes, func(n Node) bool { return above[n] }) {
			list = append(list, c)
		}
	}
	if o.base[bound].has(n) {
		list = append(list, seeds{})
	}
	return list
}

// explore runs one coalition again and keeps what it reaches.
func (o *Outcome) explore(s seeds) *Coalition {
	c := &Coalition{Country: s.country, Seeds: s.nodes, outcome: o}
	for bound := range bounds {
		if o.worklists[bound] == nil {
			o.worklists[bound] = o.newWorklist(bound)
			o.worklists[bound].keep()
		}
		w := o.worklists[bound]
		c.members[bound] = memberSet{o.base[bound], slices.Sorted(slices.Values(w.run(s.nodes)))}
		w.undo()
	}
	return c
}
