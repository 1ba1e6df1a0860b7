package ownership

import "time"

// periodsBelow is how many of the coming periods Below looks at besides that of
// the instant: those that a forecast looks at.
const periodsBelow = 3

// Label is the key, or SCHEME:ID of the identifier in its normal form: what equal
// references have in common.
func (r Ref) Label() string { return r.normal().label() }

// refsOf returns all that a node is known under. Several keys may be one party.
func (g *Graph) refsOf(n Node) []Ref {
	slot := g.over.slot(n)
	if slot < 0 {
		return g.base.refs(n)
	}
	var refs []Ref
	for _, id := range g.Party(n).Identifiers {
		refs = append(refs, Ref{Identifier: id})
	}
	for _, top := range g.over.party(slot).tops {
		refs = append(refs, g.top.refs(top)...)
	}
	return refs
}

// Below visits all that some parties, and those in which they hold anything,
// directly or through others, are known under: whatever a trace finds out about
// them depends on those parties. It looks at the period of an instant and at the
// next ones, and is false if there are more parties than most.
func (g *Graph) Below(of []Ref, at time.Time, most int, visit func(Ref)) bool {
	seen := map[Node]bool{}
	var queue []Node
	add := func(n Node) {
		if !seen[n] {
			seen[n] = true
			queue = append(queue, n)
		}
	}
	for _, r := range of {
		if n, ok := g.Find(r); ok {
			add(n)
		}
	}
	views := g.viewsFrom(at, 1+periodsBelow)
	for next := 0; next < len(queue); next++ {
		if len(queue) > most {
			return false
		}
		for _, v := range views {
			v.each(queue[next], func(e edge) { add(e.subject) })
		}
		for _, r := range g.refsOf(queue[next]) {
			visit(r)
		}
	}
	return true
}

// viewsFrom are those of an instant and of the next few periods.
func (g *Graph) viewsFrom(at time.Time, most int) []*View {
	var views []*View
	for len(views) < most {
		v := g.At(at)
		views = append(views, v)
		until, ok := v.Until()
		if !ok {
			break
		}
		at = until
	}
	return views
}
