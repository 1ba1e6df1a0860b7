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

// overView is what lies over the base on a day.
type overView struct {
	// declared and grouped are as in layerView, by slot.
	declared [][shareKinds]declared
	covers   [][shareKinds]uint32
	grouped  map[int]*groupings
	// A row has what a holder holds in parties with a slot. There is one for
	// each node that is not in the base and, at the end, for each in the base
	// that holds any of that.
	out   []uint32
	edges []edge
	rows  map[Node]uint32
	inRow bitset // the nodes in rows
}

func newView(g *Graph, period int) *View {
	v := &View{graph: g, period: period, on: dayIn(g.boundaries, period), memo: memo{most: maxOutcomes}}
	v.base = g.base.view(v.on)
	v.over = newOverView(g, v.on)
	return v
}

func newOverView(g *Graph, on day) overView {
	o := g.over
	v := overView{declared: make([][shareKinds]declared, len(o.node)), covers: make([][shareKinds]uint32, len(o.node)), inRow: newBitset(int(g.baseLen))}
	rows := uint32(len(o.node) - len(o.slots)) // a node that is not in the base has its slot's number
	rowOf := func(holder Node) uint32 {
		if holder >= g.baseLen {
			return uint32(holder - g.baseLen)
		}
		if !v.inRow.has(holder) {
			if v.rows == nil {
				v.rows = map[Node]uint32{}
			}
			v.inRow.add(holder)
			v.rows[holder] = rows + uint32(len(v.rows))
		}
		return v.rows[holder]
	}
	type added struct {
		row uint32
		edge
	}
	var all []added
	for slot, n := range o.node {
		sums, groups := declaredOn(o.declarationsOf(slot), o.profile[slot].Type, on, func(m merged) {
			all = append(all, added{rowOf(m.holder), m.edgeTo(n)})
		})
		v.declared[slot], v.covers[slot] = sums.declared, sums.covers
		if groups != nil {
			if v.grouped == nil {
				v.grouped = map[int]*groupings{}
			}
			v.grouped[slot] = groups
		}
	}
	v.out = make([]uint32, int(rows)+len(v.rows)+1)
	for _, e := range all {
		v.out[e.row+1]++
	}
	for row := range len(v.out) - 1 {
		v.out[row+1] += v.out[row]
	}
	v.edges = make([]edge, len(all))
	next := append([]uint32(nil), v.out...)
	for _, e := range all {
		v.edges[next[e.row]] = e.edge
		next[e.row]++
	}
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
		groups = v.over.grouped[slot]
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
	row := uint32(holder - v.graph.baseLen)
	if holder < v.graph.baseLen {
		base = v.base.from(holder)
		if !v.over.inRow.has(holder) {
			return base, nil
		}
		row = v.over.rows[holder]
	}
	return base, v.over.edges[v.over.out[row]:v.over.out[row+1]]
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
		return v.over.declared[slot]
	}
	return v.base.declared[subject]
}

// coversIn has the sums in a subject of what is not declared to be held through
// others.
func (v *View) coversIn(subject Node) [shareKinds]uint32 {
	if slot := v.graph.over.slot(subject); slot >= 0 {
		return v.over.covers[slot]
	}
	return v.base.covers[subject]
}

// Memory is about how many bytes a trace reads of the View.
func (v *View) Memory() int64 {
	const perEdge, perStart, perParty = 12, 4, int64(4 * shareKinds)
	return int64(len(v.base.edges)+len(v.over.edges))*perEdge + int64(len(v.base.out)+len(v.over.out))*perStart +
		int64(len(v.base.declared)+len(v.over.declared))*perParty
}
