package ownership

// groupSums has what members hold in groups: few of a graph's parties have any.
type groupSums struct {
	of  map[groupKey]weights
	sum map[sumKey]weights
	// before has what was there before each change since keep, the first change
	// first.
	keeping bool
	before  []beforeChange
}

type groupKey struct {
	subject Node
	index   int32
}

type sumKey struct {
	subject Node
	kind    Kind
}

type beforeChange struct {
	group groupKey
	key   sumKey
	of    weights
	sum   weights
}

func (s *groupSums) keep() { s.keeping, s.before = true, nil }

func (s *groupSums) undo() {
	for i := len(s.before) - 1; i >= 0; i-- {
		b := &s.before[i]
		s.of[b.group], s.sum[b.key] = b.of, b.sum
	}
	s.before = s.before[:0]
}

// regroup weighs the groups of a holding anew, when its holder has become a
// member.
func (w *worklist) regroup(subject Node, h holding) {
	g := w.view.groupingOf(subject, w.rule)
	for _, index := range g.of[h] {
		w.weigh(subject, g, index)
	}
}

// weigh weighs a group anew.
func (w *worklist) weigh(subject Node, g *grouping, index int32) {
	if w.groups == nil {
		w.groups = &groupSums{of: map[groupKey]weights{}, sum: map[sumKey]weights{}, keeping: w.keeping}
	}
	one := &g.groups[index]
	key, sum := groupKey{subject, index}, sumKey{subject, one.kind}
	old, all := w.groupWeights(key), w.inGroups(subject, one.kind)
	if w.groups.keeping {
		w.groups.before = append(w.groups.before, beforeChange{key, sum, old, all})
	}
	now := one.weigh(w.bound, w.members.has)
	w.groups.of[key], w.groups.sum[sum] = now, all.less(old).plus(now)
}

// inGroups is what members hold in all groups of a subject.
func (w *worklist) inGroups(subject Node, kind Kind) weights {
	if w.groups != nil {
		if all, ok := w.groups.sum[sumKey{subject, kind}]; ok {
			return all
		}
	}
	if w.goesOn(subject) {
		return w.base.inGroups(subject, kind)
	}
	return weights{}
}

func (w *worklist) groupWeights(key groupKey) weights {
	if w.groups != nil {
		if one, ok := w.groups.of[key]; ok {
			return one
		}
	}
	if w.goesOn(key.subject) {
		return w.base.groupWeights(key)
	}
	return weights{}
}

// goesOn says whether what is in a party is what it is in the base alone.
func (w *worklist) goesOn(subject Node) bool {
	return w.base != nil && subject < w.view.graph.baseLen
}
