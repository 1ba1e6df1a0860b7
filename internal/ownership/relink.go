package ownership

import "slices"

// With is what NewGraph makes of the layers. Of a graph that differs only in what is
// declared of some parties it takes over all else; nil has nothing to be taken over.
func (g *Graph) With(base, top *Layer, missing ...string) *Graph {
	if g != nil && base == nil && g.base.len() == 0 && g.base.register == "" && !g.base.incomplete {
		base = g.base
	}
	if g == nil || base == nil || top == nil || *base != *g.base || !slices.Equal(g.missing, allMissing(base, top, missing)) {
		return NewGraph(base, top, missing...)
	}
	nodes, ok := g.top.differs(top)
	if !ok {
		return NewGraph(base, top, missing...)
	}
	next := &Graph{base: base, top: top, baseLen: g.baseLen, missing: g.missing}
	slots := next.relink(g, nodes)
	next.starts.all = g.starts.with(next.over, slots)
	if next.boundaries = g.boundaries; slices.ContainsFunc(slots, func(slot int) bool {
		return !sameDays(g.over.facts.At(slot).records, next.over.facts.At(slot).records)
	}) {
		next.boundaries = next.days()
		return next
	}
	g.views.each(func(period int, v *View) {
		next.views.at(period, func() *View { return v.with(next, slots) })
	})
	return next
}

// relink takes the overlay of another graph over, with other facts where nodes of the
// top are declared otherwise. It returns the slots of those, sorted.
func (g *Graph) relink(before *Graph, nodes []Node) (slots []int) {
	l := linker{g: g, links: before.over.links}
	changed := map[int]facts{}
	find := func(slot int) { changed[slot] = l.facts(slot) }
	holders := false // whether anybody is held by others
	for _, t := range nodes {
		slot := l.slot(l.topNode[t])
		if slot < 0 {
			continue // nothing is declared of it
		}
		find(slot)
		f := changed[slot]
		holders = holders || !sameHolders(before.over.facts.At(slot).records, f.records)
	}
	var ways []int
	for _, slot := range l.alone {
		_, there := changed[slot]
		if holders && !there {
			find(slot)
			there = true
		}
		if there {
			ways = append(ways, slot)
		}
	}
	g.over = &overlay{l.links, before.over.facts.With(changed)}
	l.findWays(ways)
	for slot := range changed {
		slots = append(slots, slot)
	}
	slices.Sort(slots)
	return slots
}

// sameHolders says whether records have the same holders as others.
func sameHolders(a, b []record) bool {
	return slices.EqualFunc(slices.CompactFunc(slices.Clone(a), sameHolder), slices.CompactFunc(slices.Clone(b), sameHolder), sameHolder)
}

func sameHolder(r, s record) bool { return r.holder == s.holder }

// with is the View of another graph that differs in the facts of some slots, which
// are sorted, and stands otherwise on the same days.
func (v *View) with(g *Graph, slots []int) *View {
	over := v.over.with(v.graph.over, g.over, slots, v.on)
	return &View{graph: g, period: v.period, on: v.on, base: v.base, over: over, memo: memo{most: maxOutcomes}}
}
