package ownership

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// Seed is a party that itself sits in a blocked jurisdiction, with the
// countries (alpha-2) of its blocked codes. Only SameJurisdiction reads them; a
// seed in several countries is in the coalition of each.
type Seed struct {
	Node      Node
	Countries []jurisdiction.Code
}

// Start is where a trace starts. Seeds may come in any order; two for one node
// are united.
type Start struct {
	Seeds []Seed
	// Unread are parties of which it was said where they sit, in a way that is not
	// understood. They count as possible seeds.
	Unread []Node
	// Unknown are parties without a jurisdiction on any of the policy's bases.
	// They count, as possible seeds, only with Rule.UndisclosedPossible.
	Unknown []Node

	base *Start // where the parties of the base stand, if that is remembered
}

// Outcome is what a rule finds in a View: immutable, safe for concurrent use.
type Outcome struct {
	view *View
	rule Rule
	// members are those that are restricted in any coalition, by any method.
	members    [bounds]bitset
	unknown    []Node // possible seeds, sorted
	coalitions []seeds
	// cascade and effective are what each method finds; nil for one that the
	// rule does not ask.
	cascade   *cascade
	effective *effective

	// all is the one coalition of AllRestricted, else nil.
	all *Coalition

	// exploring is held while coalitions are run again.
	exploring sync.Mutex
	explored  explored
}

// A trace is made once with what is certainly held and once with what may be.
const (
	definite = iota
	possible
	bounds
)

// seeds are the definite seeds of one coalition, sorted.
type seeds struct {
	country jurisdiction.Code
	nodes   []Node
}

// Trace computes which parties are restricted. By Cascade that is the least set
// that contains the seeds and every party in which members of the set together
// hold what the rule says; by Effective, the seeds and every party of which they
// hold that much through all chains together; by Either, both.
//
// With AllRestricted it takes O(V+E), and Effective longer for loops of holders;
// otherwise each coalition takes as long as what it reaches is large, but by
// Effective all are bounded at once and few looked at by themselves.
func (v *View) Trace(rule Rule, start Start) *Outcome {
	o := &Outcome{view: v, rule: rule, coalitions: coalitions(rule.Aggregation, start.Seeds)}
	o.unknown = slices.Clone(start.Unread)
	if rule.UndisclosedPossible {
		o.unknown = append(o.unknown, start.Unknown...)
	}
	o.unknown = sortedNodes(o.unknown)
	switch rule.Method {
	case Effective:
		o.effective = o.traceEffective()
		o.members = o.effective.members
	case Either:
		o.cascade, o.effective = o.traceCascade(), o.traceEffective()
		for bound := range bounds {
			o.members[bound] = inEither(o.cascade.members[bound], o.effective.members[bound])
		}
	default:
		if start.base != nil && v.graph.baseLen > 0 && rule.Aggregation == AllRestricted {
			o.cascade = o.traceOver(start)
		} else {
			o.cascade = o.traceCascade()
		}
		o.members = o.cascade.members
	}
	if rule.Aggregation == AllRestricted {
		o.all = o.together()
	}
	return o
}

// together is the one coalition of AllRestricted.
func (o *Outcome) together() *Coalition {
	c := &Coalition{Seeds: o.coalitions[0].nodes, outcome: o}
	if o.cascade != nil {
		c.cascade = o.cascade.sets()
	}
	if o.effective != nil {
		c.effective = o.effective.sets()
	}
	return c
}

// singles is the order in which coalitions of one seed each are run: holders
// first, so that most others have been reached before it is their turn.
func (o *Outcome) singles() []seeds {
	if o.rule.Aggregation != SingleOwner {
		return o.coalitions
	}
	return o.view.holdersFirst(o.coalitions)
}

// coalitionsOf numbers those that a party is a seed of.
func (o *Outcome) coalitionsOf(n Node) (numbers []int32) {
	if o.rule.Aggregation == SingleOwner {
		at, ok := slices.BinarySearchFunc(o.coalitions, n, func(c seeds, n Node) int { return cmp.Compare(c.nodes[0], n) })
		if ok {
			numbers = append(numbers, int32(at))
		}
		return numbers
	}
	for at, c := range o.coalitions {
		if _, ok := slices.BinarySearch(c.nodes, n); ok {
			numbers = append(numbers, int32(at))
		}
	}
	return numbers
}

// Definite says whether a party is a seed or traces to seeds by what is
// certainly held.
func (o *Outcome) Definite(n Node) bool { return o.members[definite].has(n) }

// Possible says the same by what may be held. Whoever is definite is possible.
func (o *Outcome) Possible(n Node) bool { return o.members[possible].has(n) }

// coalitions splits seeds into those whose holdings count together, in a fixed
// order.
func coalitions(a Aggregation, all []Seed) []seeds {
	if a == SameJurisdiction {
		return byCountry(all)
	}
	nodes := make([]Node, 0, len(all))
	for _, s := range all {
		nodes = append(nodes, s.Node)
	}
	nodes = sortedNodes(nodes)
	if a != SingleOwner {
		return []seeds{{"", nodes}}
	}
	list := make([]seeds, 0, len(nodes))
	for i := range nodes {
		list = append(list, seeds{"", nodes[i : i+1 : i+1]})
	}
	return list
}

func byCountry(all []Seed) []seeds {
	together := map[jurisdiction.Code][]Node{}
	for _, s := range all {
		for _, country := range s.Countries {
			together[country] = append(together[country], s.Node)
		}
		if len(s.Countries) == 0 {
			together[""] = append(together[""], s.Node)
		}
	}
	list := make([]seeds, 0, len(together))
	for country, nodes := range together {
		list = append(list, seeds{country, sortedNodes(nodes)})
	}
	slices.SortFunc(list, func(a, b seeds) int { return strings.Compare(string(a.country), string(b.country)) })
	return list
}

// sortedNodes sorts nodes, which mostly are in order already, and drops what is there
// twice.
func sortedNodes(nodes []Node) []Node {
	if !slices.IsSorted(nodes) {
		slices.Sort(nodes)
	}
	return slices.Compact(nodes)
}

// inEither is a new set of all that are in either one.
func inEither(a, b bitset) bitset {
	all := slices.Clone(a)
	for i := range b {
		all[i] |= b[i]
	}
	return all
}
