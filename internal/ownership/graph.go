package ownership

import (
	"slices"
	"time"
)

// Node is a party of one Graph: an index from 0 to Len-1.
type Node int32

// Graph is an immutable ownership graph, safe for concurrent use. Equal data in
// any order gives equal graphs, with equal Nodes.
//
// It lies in two layers, so that a change of one LegalEntity leaves millions of
// registered parties where they are: the nodes of the base come first, and
// then those that only the top has.
type Graph struct {
	base, top *Layer
	baseLen   Node
	over      *overlay

	boundaries []day // on which the graph changes, sorted
	missing    []string
	views      views[*View]
	starts     overStarts
}

// Len is the number of nodes. Some may stand for nobody: those of the base that
// are the same party as another one.
func (g *Graph) Len() int { return int(g.baseLen) + len(g.over.node) - len(g.over.slots) }

// Find looks a party up; false if nobody even refers to it. Identifiers are
// compared in their Normal form.
func (g *Graph) Find(r Ref) (Node, bool) {
	r = r.normal()
	if r == (Ref{}) {
		return 0, false
	}
	if n, ok := g.top.find(r); ok {
		return g.over.topNode[n], true
	}
	n, ok := g.base.find(r)
	return g.over.living(n), ok
}

// Loaded is false for a node that is referred to but was never added.
func (g *Graph) Loaded(n Node) bool {
	if f := g.over.of(n); f != nil {
		return f.loaded
	}
	return g.base.loaded.has(n)
}

// Party returns all that is declared about the node, by any number of sources.
// The caller must not change it. Of a party that is not loaded it has the key or
// identifier that others refer to it by.
func (g *Graph) Party(n Node) Party {
	switch f := g.over.of(n); {
	case f == nil:
		return g.base.party(n)
	case f.merged != nil:
		return f.merged.Party
	default:
		return g.top.party(g.over.top[g.over.slot(n)])
	}
}

// Profile returns what the node is and where it sits.
func (g *Graph) Profile(n Node) Profile {
	if f := g.over.of(n); f != nil {
		return *f.profile
	}
	return *g.base.profileOf(n)
}

// Label is the party's key, or SCHEME:ID of a party that has none: for messages
// and for a fixed order, never for looking up.
func (g *Graph) Label(n Node) string {
	switch f := g.over.of(n); {
	case f != nil && f.merged != nil && f.merged.Key != "":
		return f.merged.Key
	case n < g.baseLen:
		return g.base.label(n)
	default:
		return g.top.label(g.over.top[g.over.slot(n)])
	}
}

// Missing names the registers whose data should be in the graph and is not:
// nobody can be said to be Clear then.
func (g *Graph) Missing() []string { return g.missing }

// Problems lists contradictions in the data, in a fixed order: at most 1000 of
// each reason in each layer.
func (g *Graph) Problems() []Problem {
	linking := g.linking()
	list := linking.list(g.Label)
	for _, from := range []struct {
		layer *Layer
		node  func(Node) Node
	}{
		{g.top, func(n Node) Node { return g.over.topNode[n] }},
		{g.base, g.over.living},
	} {
		for _, p := range from.layer.problems.listed {
			if p.node != nobody {
				p.node = from.node(p.node)
				if p.reason == ProblemPartyNotLoaded && g.Loaded(p.node) ||
					p.reason == ProblemMoreThanWhole && p.node < g.baseLen && g.over.slot(p.node) >= 0 {
					// The other layer declares it; it was added up again.
					continue
				}
			}
			list = append(list, (&problems{listed: []problem{p}}).list(g.Label)...)
		}
	}
	return list
}

// ProblemsLeftOut is how many problems Problems does not list.
func (g *Graph) ProblemsLeftOut() int {
	linking := g.linking()
	return linking.leftOut + g.top.problems.leftOut + g.base.problems.leftOut
}

// linking are the problems that come of several declarations together.
func (g *Graph) linking() problems {
	var all problems
	for _, of := range [...]func(*mergedParty) *problems{
		func(m *mergedParty) *problems { return &m.merging },
		func(m *mergedParty) *problems { return &m.relating },
	} {
		for slot := range g.over.node {
			if m := g.over.facts.At(slot).merged; m != nil {
				all.take(of(m))
			}
		}
	}
	return all
}

// declarationsOf returns the records in a subject with what they refer to.
func (g *Graph) declarationsOf(subject Node) declarations {
	if f := g.over.of(subject); f != nil {
		return f.declarations()
	}
	return g.base.declarationsOf(subject)
}

// details is what a record in a subject says besides its share.
func (g *Graph) details(subject Node, r *record) *details {
	return &g.declarationsOf(subject).details[r.details]
}

// source is that of a record in a subject.
func (g *Graph) source(subject Node, r *record) string {
	if f := g.over.of(subject); f != nil {
		return f.source(r)
	}
	return g.base.sourceAt(r.source)
}

// At returns the graph as it stands on the UTC day of t. Views are remembered,
// so that asking again is cheap.
func (g *Graph) At(t time.Time) *View {
	period := periodOf(g.boundaries, dayOf(t))
	return g.views.at(period, func() *View { return newView(g, period) })
}

// mergeDays unites two sorted lists.
func mergeDays(a, b []day) []day {
	days := slices.Concat(a, b)
	slices.Sort(days)
	return slices.Compact(days)
}
