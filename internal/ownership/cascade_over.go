package ownership

import "slices"

// baseTrace is what a cascade finds in the base layer alone, with a bound. A
// graph over that base is traced from there: in the time that it takes to go
// through what the top layer has changed, and what follows from it.
type baseTrace struct {
	*worklist
	axioms bitset // the members that need no holder
}

// baseTraces returns what a rule finds in the base alone, from what stands in
// it by itself.
func (v *View) baseTraces(rule Rule, start *Start) *[bounds]baseTrace {
	type key struct {
		rule  Rule
		start *Start
	}
	build := func() any {
		alone := NewGraph(v.graph.base, nil).At(v.on.time())
		seeds := coalitions(AllRestricted, start.Seeds)[0].nodes
		return inParallel(func(bound int) baseTrace {
			w := newWorklist(alone, rule, bound)
			w.addAll(seeds)
			if bound == possible {
				w.addAll(start.Unread)
				if rule.UndisclosedPossible {
					w.addAll(start.Unknown)
				}
				w.addUndisclosed()
			}
			axioms := slices.Clone(w.members)
			w.relaxFrom(0)
			return baseTrace{w, axioms}
		})
	}
	if traces, ok := v.base.traces.get(key{rule, start}, build).(*[bounds]baseTrace); ok {
		return traces
	}
	return nil // not reached: the key has a type of its own
}

// traceOver is traceCascade for AllRestricted, from what is found in the base.
func (o *Outcome) traceOver(start Start) *cascade {
	base := o.view.baseTraces(o.rule, start.base)
	return &cascade{members: *inParallel(func(bound int) bitset {
		w := &worklist{
			view: o.view, rule: o.rule, bound: bound, need: o.rule.need(), kinds: o.rule.kinds(),
			members: newBitset(o.view.graph.Len()), base: base[bound].worklist, own: map[Node]uint32{},
		}
		copy(w.members, base[bound].members)
		seeds, unknown := o.coalitions[0].nodes, o.unknown
		if bound == definite {
			unknown = nil
		}
		axioms := base[bound].axioms
		changed := w.changed(axioms, seeds, unknown)
		again := w.recount(changed, w.drop(changed, axioms))
		again = append(again, w.reachOut()...)
		w.addAll(seeds)
		w.addAll(unknown)
		w.addAll(again)
		w.relaxFrom(0)
		return w.members
	})}
}

// changed lists the parties of the base that may be members for other reasons than
// there: for what is held in them, or by themselves.
func (w *worklist) changed(axioms bitset, seeds, unknown []Node) (changed []Node) {
	g := w.view.graph
	for n, slot := range g.over.slots {
		_, axiom := slices.BinarySearch(seeds, n)
		if !axiom {
			_, axiom = slices.BinarySearch(unknown, n)
		}
		for _, t := range w.starting(n) {
			axiom = axiom || t.sum(w.bound, weights{}) >= w.need
		}
		if axiom != axioms.has(n) || !axiom && g.over.facts.At(int(slot)).altered {
			changed = append(changed, n)
		}
	}
	slices.Sort(changed)
	return changed
}

// reachOut relaxes what the members that are left in the base hold in parties that are
// not in it. It returns everybody whom that restricts, and those parties that what
// nobody has declared restricts.
func (w *worklist) reachOut() (restricted []Node) {
	g := w.view.graph
	if w.bound == possible && w.rule.UndisclosedPossible {
		for n := g.baseLen; int(n) < g.Len(); n++ {
			for _, t := range w.starting(n) {
				if t.sum(w.bound, weights{}) >= w.need {
					restricted = append(restricted, n)
				}
			}
		}
	}
	for holder := range w.view.over.ofBase {
		if !w.members.has(holder) {
			continue
		}
		for _, e := range w.view.over.from(holder) {
			if e.subject >= g.baseLen && w.relax(holder, e) {
				restricted = append(restricted, e.subject)
			}
		}
	}
	return restricted
}

// drop takes back the membership of parties in the base, and of all that may
// have followed from it. It returns everybody whose membership that was.
func (w *worklist) drop(changed []Node, axioms bitset) (dropped []Node) {
	drop := func(n Node) {
		if w.members.has(n) {
			w.members.remove(n)
			dropped = append(dropped, n)
		}
	}
	for _, n := range changed {
		drop(n)
	}
	for i := 0; i < len(dropped); i++ {
		for _, e := range w.view.base.from(dropped[i]) {
			if !axioms.has(e.subject) {
				drop(e.subject)
			}
		}
	}
	return dropped
}

// recount adds up anew what the remaining members hold in everybody in whom
// that is not what the base says. It returns those whom that restricts.
func (w *worklist) recount(changed, dropped []Node) (again []Node) {
	recount := func(n Node) {
		_, done := w.own[n]
		_, dead := w.view.graph.over.alias[n]
		if !done && !dead && !w.members.has(n) && w.count(n) {
			again = append(again, n)
		}
	}
	for _, n := range changed {
		recount(n)
	}
	for _, n := range dropped {
		for _, e := range w.view.base.from(n) {
			recount(e.subject)
		}
	}
	return again
}

// count adds up what members hold in a party, and says whether that restricts
// it.
func (w *worklist) count(n Node) (restricts bool) {
	sums := w.starting(n)
	jointly := w.view.jointly(n, w.rule)
	w.view.eachHolder(n, func(m merged) bool {
		switch {
		case !w.members.has(m.holder):
		case m.kind == Control:
			restricts = restricts || w.rule.ControlRestricts
		case !w.kinds[m.kind]:
		case jointly:
			restricts = restricts || m.lower > 0 || w.bound == possible && m.upper > 0
		case m.how != grouped:
			sums[m.kind].count(w.bound, m.how, m.lower, m.upper)
		}
		return true
	})
	if g := w.view.groupingOf(n, w.rule); g != nil && !jointly {
		for index := range g.groups {
			w.weigh(n, g, int32(index))
		}
	}
	w.own[n] = uint32(len(w.sums))
	w.sums = append(w.sums, sums)
	for kind, t := range sums {
		restricts = restricts || w.kinds[kind] && t.sum(w.bound, w.inGroups(n, Kind(kind))) >= w.need
	}
	return restricts
}

// touchOver is touch for a worklist over a base.
func (w *worklist) touchOver(n Node) *[shareKinds]tally {
	at, touched := w.own[n]
	if !touched {
		at = uint32(len(w.sums))
		w.own[n] = at
		sums := w.starting(n)
		if n < w.view.graph.baseLen && w.base.touched.has(n) {
			sums = w.base.sums[w.base.index[n]]
		}
		w.sums = append(w.sums, sums)
	}
	return &w.sums[at]
}
