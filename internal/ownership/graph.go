package ownership

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Node is a party of one Graph: an index from 0 to Len-1.
type Node int32

// Graph is an immutable ownership graph, safe for concurrent use. Equal data in
// any order gives equal graphs, with equal Nodes.
type Graph struct {
	directory  *directory
	records    *records
	boundaries []day // on which the graph changes, sorted
	problems   problems
	missing    []string

	// views are the latest Views, at most maxViews.
	views  atomic.Pointer[[]*View]
	making sync.Mutex
}

// Len is the number of nodes.
func (g *Graph) Len() int { return len(g.directory.label) }

// Find looks a party up; false if nobody even refers to it. Identifiers are
// compared in their Normal form.
func (g *Graph) Find(r Ref) (Node, bool) {
	n, ok := g.directory.nodes[r.normal()]
	return n, ok
}

// Loaded is false for a node that is referred to but was never added.
func (g *Graph) Loaded(n Node) bool { return g.directory.loaded.has(n) }

// Party returns all that is declared about the node, by any number of sources.
// The caller must not change it. Of a party that is not loaded it has the key or
// identifier that others refer to it by.
func (g *Graph) Party(n Node) Party { return g.directory.parties[n] }

// Label is the party's key, or SCHEME:ID of a party that is only known by an
// identifier: for messages and for a fixed order, never for looking up. Nodes
// are in the order of keys, then identifiers.
func (g *Graph) Label(n Node) string { return g.directory.label[n].label() }

// Problems lists contradictions in the data, in a fixed order, at most 1000 of
// each reason.
func (g *Graph) Problems() []Problem { return slices.Clip(g.problems.listed) }

// ProblemsLeftOut is how many problems Problems does not list.
func (g *Graph) ProblemsLeftOut() int { return g.problems.leftOut }

// At returns the graph as it stands on the UTC day of t. Views are remembered,
// so that asking again is cheap.
func (g *Graph) At(t time.Time) *View {
	on := dayOf(t)
	period, found := slices.BinarySearch(g.boundaries, on)
	if found {
		period++
	}
	if v := g.made(period); v != nil {
		return v
	}
	g.making.Lock()
	defer g.making.Unlock()
	if v := g.made(period); v != nil {
		return v
	}
	v := newView(g, period)
	g.remember(v)
	return v
}

// maxViews bounds how many Views a Graph remembers: that of today, the next
// one, and those of a few other days that somebody asks about.
const maxViews = 4

func (g *Graph) made(period int) *View {
	views := g.views.Load()
	if views == nil {
		return nil
	}
	for _, v := range *views {
		if v.period == period {
			if !v.used.Load() {
				v.used.Store(true)
			}
			return v
		}
	}
	return nil
}

// remember adds a View. It forgets the oldest that was not asked for since the
// last time something was forgotten.
func (g *Graph) remember(v *View) {
	var views []*View
	if old := g.views.Load(); old != nil {
		views = slices.Clone(*old)
	}
	if len(views) == maxViews {
		forget := max(0, slices.IndexFunc(views, func(v *View) bool { return !v.used.Load() }))
		views = slices.Delete(views, forget, forget+1)
		for _, kept := range views {
			kept.used.Store(false)
		}
	}
	views = append(views, v)
	g.views.Store(&views)
}
