package ownership

import "time"

// View is the graph of one day, and of every day until the next one on which
// the graph stands otherwise. It is immutable and safe for concurrent use.
type View struct {
	graph  *Graph
	period int // how many boundaries of the graph are past
	on     day // any day of the period

	base *layerView
	over overView
	memo memo
}

func newView(g *Graph, period int) *View {
	v := &View{graph: g, period: period, on: dayIn(g.boundaries, period), memo: memo{most: maxOutcomes}}
	v.base = g.base.view(v.on)
	v.over = newOverView(g, v.on)
	return v
}

// Graph is the graph that this is a View of.
func (v *View) Graph() *Graph { return v.graph }

// From is the first instant of the View; ok is false if it has none.
func (v *View) From() (t time.Time, ok bool) {
	if v.period == 0 {
		return time.Time{}, false
	}
	return v.graph.boundaries[v.period-1].time(), true
}

// Until is the first instant at which the graph stands otherwise; ok is false
// if there is none.
func (v *View) Until() (t time.Time, ok bool) {
	if v.period == len(v.graph.boundaries) {
		return time.Time{}, false
	}
	return v.graph.boundaries[v.period].time(), true
}

// eachHolder calls yield for everything that is held in a subject on the day,
// by holder and kind, until yield returns false.
func (v *View) eachHolder(subject Node, yield func(merged) bool) {
	v.graph.declarationsOf(subject).each(v.on, yield)
}

// groupingOf has the groups of a subject; nil if it has none.
func (v *View) groupingOf(subject Node, rule Rule) *grouping {
	var groups *groupings
	if slot := v.graph.over.slot(subject); slot >= 0 {
		groups = v.over.held.At(slot).groups
	} else if len(v.base.grouped) > 0 {
		groups = v.base.grouped[subject]
	}
	switch {
	case groups == nil:
		return nil
	case rule.EachHoldsAll:
		return groups[1]
	default:
		return groups[0]
	}
}

// jointly says whether each holder of a party counts with all of it.
func (v *View) jointly(subject Node, rule Rule) bool {
	return rule.EachHoldsAll && v.graph.Profile(subject).Type == JointArrangement
}

// from returns what a holder holds: what the base says, of which nothing counts
// that is in a party with a slot, and what is in those.
func (v *View) from(holder Node) (base, over []edge) {
	if holder < v.graph.baseLen {
		base = v.base.from(holder)
	}
	return base, v.over.from(holder)
}

// each calls visit for everything that a holder holds.
func (v *View) each(holder Node, visit func(edge)) {
	base, over := v.from(holder)
	for _, e := range base {
		if !v.graph.over.patched.has(e.subject) {
			visit(e)
		}
	}
	for _, e := range over {
		visit(e)
	}
}

// declaredIn has the sums of lower bounds in a subject.
func (v *View) declaredIn(subject Node) [shareKinds]declared {
	if slot := v.graph.over.slot(subject); slot >= 0 {
		return v.over.held.At(slot).declared
	}
	return v.base.declared[subject]
}

// coversIn has the sums in a subject of what is not declared to be held through
// others.
func (v *View) coversIn(subject Node) [shareKinds]uint32 {
	if slot := v.graph.over.slot(subject); slot >= 0 {
		return v.over.held.At(slot).covers
	}
	return v.base.covers[subject]
}

// Memory is about how many bytes a trace reads of the View.
func (v *View) Memory() int64 {
	const perEdge, perStart, perParty = 12, 4, int64(4 * shareKinds)
	edges, rows, parties := len(v.base.edges), len(v.base.out)+v.over.edges.Len(), len(v.base.declared)+v.over.held.Len()
	for row := range v.over.edges.Len() {
		edges += len(*v.over.edges.At(row))
	}
	return int64(edges)*perEdge + int64(rows)*perStart + int64(parties)*perParty
}
