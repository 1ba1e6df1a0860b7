package ownership

import (
	"math"
	"slices"
)

// system has an equation for each of some parties, by slot. A party without an
// equation has a part that is known.
type system struct {
	nodes     []Node
	equations []equation
	parts     []part
	terms     []term

	joint *joint  // where the parts are bounds of several coalitions
	fill  []*term // scratch of sum
	steps int     // the terms that were looked at, for tests
}

// equation is what a part follows from.
type equation struct {
	first, end int32 // its terms
	// sure is what whole holders hold at least, by kind; more is what they may
	// hold on top of that, with what is undisclosed; room is what that leaves
	// for the others to hold on top of their lower bounds.
	sure, more, room [shareKinds]uint32
	// least is what whole holders certainly hold, where that may be more than what
	// the room lets them hold; looseLower says that it may.
	least      [shareKinds]uint32
	looseLower [shareKinds]bool
	groups     []groupTerms
	// whole: the party is held whole, whatever the terms. known: there is no
	// equation.
	whole, known bool
	// itself: the party is one of its own holders.
	itself bool
	// termed has the kinds of which there are terms.
	termed [Control + 1]bool
}

// term is what a holder has that is not whole itself.
type term struct {
	holder  int32 // its slot
	kind    Kind
	lower   uint32 // what counts for certain, within the bound
	extra   uint32 // what may be held on top of that, as far as there is room
	least   uint32 // what is certainly held
	grouped bool   // the equation's groups have it
}

// groupTerms is a group of the subject of an equation. Terms of holders that are
// whole stand in it as well.
type groupTerms struct {
	group *group
	first int32   // its terms, one after the other
	items []int32 // by term: the item
	room  uint32  // of the subject
	lower bool    // only what is certain counts
}

// What a slot function returns for a holder that needs none.
const (
	noHolder    = -1
	wholeHolder = -2
)

// equation makes the equation of a party and adds its terms.
func (s *system) equation(v *View, rule Rule, bound int, n Node, slot func(Node) int32) equation {
	e := equation{first: int32(len(s.terms))}
	kinds, jointly := rule.kinds(), v.jointly(n, rule)
	if bound == possible {
		for kind, t := range v.startingTallies(n, rule) {
			e.more[kind], e.room[kind] = t.held, t.capped
		}
	}
	v.eachHolder(n, func(m merged) bool {
		if m.kind == Control && !rule.ControlRestricts || m.kind != Control && !kinds[m.kind] || m.how == grouped && m.kind != Control && !jointly {
			return true
		}
		at := slot(m.holder)
		if at == noHolder {
			return true
		}
		e.itself = e.itself || m.holder == n
		if jointly && m.kind != Control {
			if m.lower == 0 && (bound == definite || m.upper == 0) {
				return true
			}
			m.kind = Control // it hands on what is held of the holder
		}
		switch {
		case at != wholeHolder:
			s.terms = append(s.terms, termOf(&e, m, bound, at))
		case m.kind == Control:
			e.whole = true
		default:
			e.addWhole(m, bound)
		}
		return true
	})
	if g := v.groupingOf(n, rule); g != nil && !jointly {
		s.addGroups(&e, g, rule, bound, n, slot)
	}
	e.end = int32(len(s.terms))
	for _, t := range s.terms[e.first:] {
		e.termed[t.kind] = true
	}
	for kind := range e.sure {
		e.more[kind] = min(e.more[kind], e.room[kind])
		e.room[kind] -= e.more[kind]
		e.whole = e.whole || e.sure[kind]+e.more[kind] >= uint32(Whole) || e.least[kind] >= uint32(Whole)
	}
	return e
}

// addWhole counts what a holder has that is whole.
func (e *equation) addWhole(m merged, bound int) {
	e.least[m.kind] = saturate(e.least[m.kind], m.lower)
	switch {
	case bound == definite:
		e.sure[m.kind] = saturate(e.sure[m.kind], m.lower)
	case m.how == through:
		e.sure[m.kind] = saturate(e.sure[m.kind], m.upper)
	case m.how == direct:
		e.sure[m.kind] = saturate(e.sure[m.kind], m.lower)
		e.more[m.kind] = saturate(e.more[m.kind], m.upper-m.lower)
	default:
		e.more[m.kind] = saturate(e.more[m.kind], m.upper)
		e.looseLower[m.kind] = true
	}
}

// termOf is what a holder has that is not whole.
func termOf(e *equation, m merged, bound int, at int32) term {
	t := term{holder: at, kind: m.kind, lower: m.lower, least: m.lower}
	switch {
	case bound == definite || m.kind == Control:
	case m.how == through:
		t.lower = m.upper
	case m.how == direct:
		t.extra = m.upper - m.lower
	default:
		t.lower, t.extra = 0, m.upper
		e.looseLower[m.kind] = true
	}
	return t
}

// addGroups adds the groups in a party, with a term for each item.
func (s *system) addGroups(e *equation, g *grouping, rule Rule, bound int, n Node, slot func(Node) int32) {
	kinds, room := rule.kinds(), e.room
	for i := range g.groups {
		one := &g.groups[i]
		if !kinds[one.kind] {
			continue
		}
		terms := groupTerms{group: one, first: int32(len(s.terms)), room: room[one.kind], lower: bound == definite}
		for at := range one.items {
			holder := one.items[at].holder
			where := slot(holder)
			if where == noHolder {
				continue
			}
			e.itself = e.itself || holder == n
			if where == wholeHolder {
				where = s.constant(holder, wholePart)
			}
			s.terms = append(s.terms, term{holder: where, kind: one.kind, grouped: true})
			terms.items = append(terms.items, int32(at))
		}
		if len(terms.items) > 0 {
			e.groups = append(e.groups, terms)
		}
	}
}

// constant gives a slot to a party whose part is known.
func (s *system) constant(n Node, p part) int32 {
	s.nodes = append(s.nodes, n)
	s.parts = append(s.parts, p)
	s.equations = append(s.equations, equation{known: true})
	return int32(len(s.nodes) - 1)
}

func (s *system) clear() {
	s.nodes, s.equations, s.parts, s.terms = s.nodes[:0], s.equations[:0], s.parts[:0], s.terms[:0]
}

// sorted are the parts that have equations and are not nothing, in the order of
// nodes.
func (s *system) sorted() []found {
	all := make([]found, 0, len(s.nodes))
	for i, n := range s.nodes {
		if !s.equations[i].known && s.parts[i].units != 0 {
			all = append(all, found{n, s.parts[i]})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return compareFound(a, b.node) })
	return all
}

// evaluate works an equation out with the parts that its holders have now.
func (s *system) evaluate(slot int32) part {
	e := &s.equations[slot]
	s.steps += 1 + int(e.end-e.first)
	if e.whole {
		return wholePart
	}
	var best part
	for kind := range Kind(shareKinds) {
		p := s.sum(e, kind)
		if s.joint != nil {
			p = s.joint.raise(s, slot, kind, p)
		}
		best = larger(best, p)
	}
	if !e.termed[Control] {
		return best
	}
	for _, t := range s.terms[e.first:e.end] {
		if t.kind == Control {
			p := s.parts[t.holder]
			if s.joint != nil {
				p = s.joint.controlled(s, slot, t.holder)
			}
			best = larger(best, p)
		}
	}
	return best
}

// sum is what holders of one kind make together.
func (s *system) sum(e *equation, kind Kind) part {
	total := newTotal(e.sure[kind] + e.more[kind])
	if !e.termed[kind] {
		if e.looseLower[kind] {
			total = newTotal(max(e.sure[kind]+e.more[kind], e.least[kind]))
		}
		return total.part()
	}
	s.fill = s.fill[:0]
	terms := s.terms[e.first:e.end]
	for i := range terms {
		t := &terms[i]
		if t.kind != kind || t.grouped {
			continue
		}
		total.add(t.lower, s.parts[t.holder])
		if t.extra > 0 && e.room[kind] > 0 {
			s.fill = append(s.fill, t)
		}
	}
	room := e.room[kind]
	slices.SortStableFunc(s.fill, func(a, b *term) int {
		switch x, y := s.parts[a.holder].x, s.parts[b.holder].x; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	for _, t := range s.fill {
		take := min(room, t.extra)
		total.add(take, s.parts[t.holder])
		room -= take
	}
	s.addGrouped(&total, e, kind, false)
	if !e.looseLower[kind] {
		return total.part()
	}
	// What is certainly held counts even where there is no room for it.
	least := newTotal(e.least[kind])
	for i := range terms {
		if t := &terms[i]; t.kind == kind && !t.grouped {
			least.add(t.least, s.parts[t.holder])
		}
	}
	s.addGrouped(&least, e, kind, true)
	return larger(total.part(), least.part())
}

// total adds up shares of parts.
type total struct {
	about float64 // units
	err   float32
	count int
	// exact is the sum of those that are known exactly, in units of units.
	exact uint64
	all   bool // are
}

// wholeTotal is 100 % of 1 in the units of total.exact.
const wholeTotal = uint64(Whole) * uint64(Whole)

func newTotal(units uint32) total {
	return total{about: float64(units), exact: uint64(units) * uint64(Whole), all: true}
}

func (t *total) add(share uint32, of part) {
	if share == 0 || of.units == 0 {
		return
	}
	t.about += float64(share) * of.x
	t.err = max(t.err, of.err)
	t.count++
	if of.units < 0 {
		t.all = false
		return
	}
	// Neither overflows: a sum is never more than one step past the whole.
	t.exact = min(t.exact+uint64(share)*uint64(of.units), wholeTotal)
}

func (t *total) part() part {
	switch {
	case t.exact >= wholeTotal:
		return wholePart
	case t.all && t.exact%uint64(Whole) == 0:
		return unitsPart(int32(t.exact / uint64(Whole)))
	case t.all:
		return part{x: float64(t.exact) / float64(wholeTotal), err: 2 * roundoff, units: inexact}
	}
	err := nextUp(float64(t.err) + float64(t.count+4)*roundoff)
	return part{x: min(1, t.about/float64(Whole)), err: err, units: inexact}
}

// nextUp rounds up.
func nextUp(x float64) float32 { return math.Nextafter32(float32(x), float32(math.Inf(1))) }
