package ownership

// worklist finds the least set of parties that contains some seeds and every
// party in which members of the set hold enough. Each edge is relaxed at most
// once, when its holder becomes a member.
//
// After keep it can be run again and again with other seeds on top of what it
// has found so far: undo takes back what was changed since, in the time that it
// took to change it.
type worklist struct {
	view    *View
	rule    Rule
	bound   int
	need    uint32           // a sum from here on restricts
	kinds   [shareKinds]bool // that are added up
	members bitset
	queue   []Node // members that were added since keep

	// touched are the parties in which members hold anything: few, in a large
	// graph, so that sums stand in the order in which they were touched.
	touched bitset
	order   []Node
	sums    [][shareKinds]tally
	index   []uint32 // by node, into sums; means nothing unless touched

	// groups has what members hold in groups; nil as long as nothing is.
	groups *groupSums

	// base is the worklist of the base alone that this one goes on from: then
	// own is used in the place of touched, order and index.
	base *worklist
	own  map[Node]uint32

	keeping bool
	kept    int        // how many were touched when kept
	undos   []previous // what sums of those were when they were kept
	saved   bitset     // nodes that are in undos
}

// tally adds up what members hold in a party of one kind, but for what they hold
// in groups. A definite sum is all that is sure. For a possible one, held is the
// sum of upper bounds and of what is undisclosed, and capped is 100 % less what
// is certainly held directly by those who are not members: whichever is less is
// the most that members can hold, besides what they have free of that.
type tally struct{ sure, held, capped, free uint32 }

// count adds what a member holds.
func (t *tally) count(bound int, how how, lower, upper uint32) {
	t.sure = saturate(t.sure, lower)
	if bound == definite {
		return
	}
	switch how {
	case through:
		t.free = saturate(t.free, upper)
		return
	case direct:
		t.capped = saturate(t.capped, lower)
	case unsaid, grouped:
	}
	t.held = saturate(t.held, upper)
}

// sum is what members hold, with what they hold in groups.
func (t *tally) sum(bound int, in weights) uint32 {
	sure := min(uint64(t.sure)+in.sure, uint64(Whole))
	if bound == definite {
		return uint32(sure)
	}
	most := min(uint64(t.held)+in.held, uint64(t.capped)+in.caps) + uint64(t.free) + in.free
	return uint32(max(sure, min(most, uint64(Whole))))
}

// previous is a node's state before it was changed.
type previous struct {
	node Node
	sums [shareKinds]tally
}

func newWorklist(v *View, rule Rule, bound int) *worklist {
	nodes := v.graph.Len()
	return &worklist{
		view: v, rule: rule, bound: bound, need: rule.need(), kinds: rule.kinds(),
		index: make([]uint32, nodes), touched: newBitset(nodes), members: newBitset(nodes),
	}
}

// need is the least sum that restricts. Nothing at all never does, and if even
// 100 % is not enough it is more than that.
func (r Rule) need() uint32 {
	need := r.Threshold
	if r.Comparison == MoreThan {
		need++
	}
	return uint32(min(max(need, 1), Whole+1))
}

// kinds says which kinds with shares are added up.
func (r Rule) kinds() [shareKinds]bool {
	return [shareKinds]bool{Shareholding: r.Shareholding, VotingRights: r.VotingRights}
}

// run adds members and everybody who is restricted because of them. It returns
// all that it added; the slice is valid until the next call.
func (w *worklist) run(seeds []Node) []Node {
	first := len(w.queue)
	w.addAll(seeds)
	w.relaxFrom(first)
	return w.queue[first:]
}

// addAll adds members.
func (w *worklist) addAll(nodes []Node) {
	for _, n := range nodes {
		w.add(n)
	}
}

// addUndisclosed adds each party that is restricted by what nobody has declared,
// where that counts.
func (w *worklist) addUndisclosed() {
	if !w.rule.UndisclosedPossible {
		return
	}
	for n := range Node(w.view.graph.Len()) {
		for _, t := range w.view.startingTallies(n, w.rule) {
			if t.sum(w.bound, weights{}) >= w.need {
				w.add(n)
			}
		}
	}
}

func (w *worklist) add(n Node) {
	if !w.members.has(n) {
		w.members.add(n)
		w.queue = append(w.queue, n)
	}
}

// relaxFrom relaxes the edges of the members in the queue from an index on,
// and of those that become members on the way.
func (w *worklist) relaxFrom(first int) {
	for ; first < len(w.queue); first++ {
		w.view.each(w.queue[first], func(e edge) {
			if !w.members.has(e.subject) && w.relax(w.queue[first], e) {
				w.add(e.subject)
			}
		})
	}
}

// relax counts what a new member holds and says whether that restricts the
// subject.
func (w *worklist) relax(holder Node, e edge) bool {
	kind := e.kind()
	if kind == Control {
		return w.rule.ControlRestricts
	}
	if !w.kinds[kind] {
		return false
	}
	if w.view.jointly(e.subject, w.rule) {
		return e.lower() > 0 || w.bound == possible && e.upper() > 0
	}
	t := &w.touch(e.subject)[kind]
	if e.how() == grouped {
		w.regroup(e.subject, holding{holder, kind})
	} else {
		t.count(w.bound, e.how(), e.lower(), e.upper())
	}
	return t.sum(w.bound, w.inGroups(e.subject, kind)) >= w.need
}

// touch returns a node's sums, ready to be changed.
func (w *worklist) touch(n Node) *[shareKinds]tally {
	if w.base != nil {
		return w.touchOver(n)
	}
	if !w.touched.has(n) {
		w.touched.add(n)
		w.index[n] = uint32(len(w.sums))
		w.order = append(w.order, n)
		w.sums = append(w.sums, w.starting(n))
	}
	at := w.index[n]
	if w.keeping && int(at) < w.kept && !w.saved.has(n) {
		w.saved.add(n)
		w.undos = append(w.undos, previous{n, w.sums[at]})
	}
	return &w.sums[at]
}

// starting is what is held in a party before anybody is a member.
func (w *worklist) starting(n Node) (sums [shareKinds]tally) {
	if w.bound == possible {
		sums = w.view.startingTallies(n, w.rule)
	}
	return sums
}

// startingTallies is what may be held in a party by nobody in particular.
func (v *View) startingTallies(n Node, rule Rule) (tallies [shareKinds]tally) {
	sums, undisclosed := v.declaredIn(n), v.undisclosed(n, rule)
	for kind := range tallies {
		tallies[kind] = tally{held: undisclosed[kind], capped: sums[kind].room()}
	}
	return tallies
}

// undisclosed is the part of each kind in a party that nobody has declared and
// that counts. If one kind is declared and another one not at all, then the
// other is as good as not there; if none is, the whole party is undisclosed.
func (v *View) undisclosed(n Node, rule Rule) (parts [shareKinds]uint32) {
	if !rule.UndisclosedPossible {
		return parts
	}
	sums := v.declaredIn(n)
	if !sums[0].ownable() {
		return parts
	}
	covers, counts, anything := v.coversIn(n), rule.kinds(), false
	for kind, d := range sums {
		anything = anything || counts[kind] && d.any()
	}
	for kind, d := range sums {
		if counts[kind] && (d.any() || !anything) {
			parts[kind] = uint32(Whole) - covers[kind]
		}
	}
	return parts
}

// keep makes the present state the one that undo goes back to.
func (w *worklist) keep() {
	w.keeping, w.queue, w.saved = true, nil, newBitset(w.view.graph.Len())
	w.kept = len(w.sums)
	if w.groups != nil {
		w.groups.keep()
	}
}

// undo goes back to the state that was kept.
func (w *worklist) undo() {
	for _, u := range w.undos {
		w.saved.remove(u.node)
		w.sums[w.index[u.node]] = u.sums
	}
	for _, n := range w.order[w.kept:] {
		w.touched.remove(n)
	}
	for _, n := range w.queue {
		w.members.remove(n)
	}
	if w.groups != nil {
		w.groups.undo()
	}
	w.order, w.sums = w.order[:w.kept], w.sums[:w.kept]
	w.undos, w.queue = w.undos[:0], w.queue[:0]
}
