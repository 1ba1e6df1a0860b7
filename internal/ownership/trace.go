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
	// Unknown are parties without a jurisdiction on any of the policy's bases.
	// They count, as possible seeds, only with Rule.UndisclosedPossible.
	Unknown []Node
}

// Outcome is what a rule finds in a View: immutable, safe for concurrent use.
type Outcome struct {
	view *View
	rule Rule
	// members are those that are restricted in any coalition.
	members [bounds]bitset
	// base are those that are in every coalition; nobody is in each definitely.
	base       [bounds]bitset
	unknown    []Node // sorted
	coalitions []seeds

	// exploring holds the worklists with which Restricting runs coalitions
	// again; they are made when first needed.
	exploring sync.Mutex
	worklists [bounds]*worklist
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

// Trace computes which parties are restricted: the least set that contains the
// seeds and every party in which members of the set together hold what the rule
// says. With AllRestricted it takes O(V+E); otherwise each coalition takes as
// long as what it reaches is large.
func (v *View) Trace(rule Rule, start Start) *Outcome {
	o := &Outcome{view: v, rule: rule, coalitions: coalitions(rule.Aggregation, start.Seeds)}
	if rule.UndisclosedPossible {
		o.unknown = sortedNodes(slices.Clone(start.Unknown))
	}
	for bound := range bounds {
		w := o.newWorklist(bound)
		if rule.Aggregation == AllRestricted {
			w.run(o.coalitions[0].nodes)
			o.members[bound] = w.members
		} else {
			o.members[bound] = o.runEach(w)
		}
	}
	return o
}

// newWorklist returns a worklist that has traced what belongs to every
// coalition.
func (o *Outcome) newWorklist(bound int) *worklist {
	w := newWorklist(o.view, o.rule, bound)
	if bound == possible && o.rule.UndisclosedPossible {
		w.runUndisclosed(o.unknown)
	}
	return w
}

// runEach runs each coalition by itself and returns everybody who is in any.
func (o *Outcome) runEach(w *worklist) bitset {
	w.keep()
	o.base[w.bound] = slices.Clone(w.members)
	union := slices.Clone(w.members)
	list := o.coalitions
	if o.rule.Aggregation == SingleOwner {
		list = o.view.holdersFirst(list)
	}
	for _, c := range list {
		if o.rule.Aggregation == SingleOwner && union.has(c.nodes[0]) {
			// A coalition that has this seed has all that the seed restricts.
			continue
		}
		for _, n := range w.run(c.nodes) {
			union.add(n)
		}
		w.undo()
	}
	return union
}

// Definite says whether a party is a seed or traces to seeds by what is
// certainly held.
func (o *Outcome) Definite(n Node) bool { return o.members[definite].has(n) }

// Possible says the same by what may be held. Whoever is definite is possible.
func (o *Outcome) Possible(n Node) bool { return o.members[possible].has(n) }

// coalitions splits seeds into those whose holdings count together, in a fixed
// order.
func coalitions(a Aggregation, all []Seed) []seeds {
	together := map[jurisdiction.Code][]Node{}
	var nodes []Node
	for _, s := range all {
		nodes = append(nodes, s.Node)
		for _, country := range s.Countries {
			together[country] = append(together[country], s.Node)
		}
		if len(s.Countries) == 0 {
			together[""] = append(together[""], s.Node)
		}
	}
	nodes = sortedNodes(nodes)
	var list []seeds
	switch a {
	case SameJurisdiction:
		for country, nodes := range together {
			list = append(list, seeds{country, sortedNodes(nodes)})
		}
		slices.SortFunc(list, func(a, b seeds) int { return strings.Compare(string(a.country), string(b.country)) })
	case SingleOwner:
		for i := range nodes {
			list = append(list, seeds{"", nodes[i : i+1 : i+1]})
		}
	default:
		list = append(list, seeds{"", nodes})
	}
	return list
}

func sortedNodes(nodes []Node) []Node {
	slices.SortFunc(nodes, cmp.Compare[Node])
	return slices.Compact(nodes)
}
