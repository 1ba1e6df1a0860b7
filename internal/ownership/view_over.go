package ownership

import (
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/internal/persistent"
)

// overView is what lies over the base on a day.
type overView struct {
	held persistent.List[held] // by slot
	rows
}

// held is what is held in the party of a slot.
type held struct {
	sums
	groups *groupings // nil if it has none
}

// rows have what a holder holds in parties with a slot, in the order of slots. There
// is one for each node that is not in the base and, after those, for each in the base
// that holds any of that.
type rows struct {
	baseLen Node
	edges   persistent.List[[]edge] // by row
	ofBase  map[Node]int            // the rows of nodes of the base
	inBase  bitset                  // the nodes in ofBase
}

// heldIn is what is held in a party with facts; it visits each holding.
func heldIn(f *facts, on day, visit func(merged)) (h held) {
	h.sums, h.groups = declaredOn(f.declarations(), f.profile.Type, on, visit)
	return h
}

func newOverView(g *Graph, on day) overView {
	o := g.over
	outside := len(o.node) - len(o.slots) // a node that is not in the base has its slot's number
	v := overView{rows: rows{baseLen: g.baseLen, ofBase: map[Node]int{}, inBase: newBitset(int(g.baseLen))}}
	type added struct {
		row int
		edge
	}
	var all []added
	slots := make([]held, len(o.node))
	for slot, n := range o.node {
		slots[slot] = heldIn(o.facts.At(slot), on, func(m merged) {
			row, ok := v.row(m.holder)
			if !ok {
				row = outside + len(v.ofBase)
				v.inBase.add(m.holder)
				v.ofBase[m.holder] = row
			}
			all = append(all, added{row, m.edgeTo(n)})
		})
	}
	v.held = persistent.ListOf(slots)
	ends := make([]int, outside+len(v.ofBase)+1)
	for _, e := range all {
		ends[e.row+1]++
	}
	for row := range len(ends) - 1 {
		ends[row+1] += ends[row]
	}
	byRow, edges := make([][]edge, len(ends)-1), make([]edge, len(all))
	for row := range byRow {
		byRow[row] = edges[ends[row]:ends[row]:ends[row+1]]
	}
	for _, e := range all {
		byRow[e.row] = append(byRow[e.row], e.edge)
	}
	v.edges = persistent.ListOf(byRow)
	return v
}

// row is that of a holder; false if there is none.
func (r *rows) row(holder Node) (int, bool) {
	switch {
	case holder >= r.baseLen:
		return int(holder - r.baseLen), true
	case r.inBase.has(holder):
		return r.ofBase[holder], true
	default:
		return 0, false
	}
}

// from is what a holder holds in parties with a slot.
func (r *rows) from(holder Node) []edge {
	row, ok := r.row(holder)
	if !ok {
		return nil
	}
	return *r.edges.At(row)
}

// with is what lies over the base where there are other facts for some slots, which
// are sorted.
func (v *overView) with(before, after *overlay, slots []int, on day) overView {
	subjects, changed, added := map[Node]bool{}, map[int]held{}, map[Node][]edge{}
	for _, slot := range slots {
		subjects[after.node[slot]] = true
		heldIn(before.facts.At(slot), on, func(m merged) { added[m.holder] = nil })
	}
	for _, slot := range slots {
		changed[slot] = heldIn(after.facts.At(slot), on, func(m merged) {
			added[m.holder] = append(added[m.holder], m.edgeTo(after.node[slot]))
		})
	}
	for holder, edges := range added {
		for _, e := range v.from(holder) {
			if !subjects[e.subject] {
				edges = append(edges, e)
			}
		}
		// What a holder has in one subject stays in its order.
		slices.SortStableFunc(edges, func(a, b edge) int { return after.slot(a.subject) - after.slot(b.subject) })
		added[holder] = edges
	}
	return overView{held: v.held.With(changed), rows: v.rows.with(added)}
}

// with are the rows where some holders hold something else.
func (r *rows) with(held map[Node][]edge) rows {
	next, edges, shared := *r, map[int][]edge{}, true
	for _, holder := range slices.Sorted(maps.Keys(held)) {
		row, ok := next.row(holder)
		if !ok {
			if shared {
				next.ofBase, next.inBase, shared = maps.Clone(r.ofBase), r.inBase.clone(), false
			}
			row = r.edges.Len() + len(next.ofBase) - len(r.ofBase)
			next.inBase.add(holder)
			next.ofBase[holder] = row
		}
		edges[row] = held[holder]
	}
	next.edges = r.edges.With(edges)
	return next
}
