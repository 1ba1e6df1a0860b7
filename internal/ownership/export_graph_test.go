package ownership

import (
	"fmt"
	"time"
)

// Lines are all that a graph says, on some days, a line for each of it.
func (g *Graph) Lines(on ...time.Time) (lines []string) {
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	line("%d nodes change on %v, missing %q", g.Len(), g.boundaries, g.missing)
	for n := range Node(g.Len()) {
		line("%d %s %v loaded %t %+v: %+v", n, g.Label(n), g.refsOf(n), g.Loaded(n), g.Profile(n), g.Party(n))
		if f := g.over.of(n); f != nil {
			line("  slot %d, altered %t", g.over.slot(n), f.altered)
		}
		d := g.declarationsOf(n)
		for i := range d.records {
			r := &d.records[i]
			line("  %d %d %d-%d %d-%d %d %q %+v", r.holder, r.kind(), r.since, r.until, r.lower(), r.upper(), r.directness(), g.source(n, r), *g.details(n, r))
		}
	}
	for _, p := range g.Problems() {
		line("%s %s: %s", p.Party, p.Reason, p.Message)
	}
	line("%d problems left out", g.ProblemsLeftOut())
	for _, at := range on {
		lines = append(lines, g.At(at).lines()...)
	}
	return lines
}

func (v *View) lines() (lines []string) {
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	line("period %d with day %d", v.period, v.on)
	for n := range Node(v.graph.Len()) {
		var held []edge
		v.each(n, func(e edge) { held = append(held, e) })
		line("%d holds %v; sums %v, covers %v", n, held, v.declaredIn(n), v.coversIn(n))
		for _, each := range []bool{false, true} {
			if g := v.groupingOf(n, Rule{EachHoldsAll: each}); g != nil {
				line("  groups %t %+v", each, *g)
			}
		}
		for _, h := range v.Holdings(n) {
			line("  %+v", h)
		}
	}
	return lines
}

// Relinked says whether a graph took over who is who from an earlier one, and how many
// views that were made of it.
func (g *Graph) Relinked(before *Graph) (is bool, views int) {
	g.views.each(func(int, *View) { views++ })
	return g.over.links == before.over.links, views
}

// Alone is in how many parties with a slot somebody has something through nobody knows whom.
func (g *Graph) Alone() int { return len(g.over.alone) }

// Traced are the parties that an outcome restricts, definitely and possibly.
func Traced(o *Outcome) (restricted [bounds][]Node) {
	for bound := range restricted {
		o.members[bound].each(func(n int) { restricted[bound] = append(restricted[bound], Node(n)) })
	}
	return restricted
}
