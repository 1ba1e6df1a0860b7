package ownership

// layerView is a layer as it stands on one day: what every trace reads. It
// takes 12 bytes for each holding and 12 for each party, and 8 more where what is
// undisclosed counts.
type layerView struct {
	// edges has what each holder holds, by holder; out has where each holder's
	// edges begin, and the end.
	out   []uint32
	edges []edge
	// declared has, for each subject and kind that is added up, a sum of lower
	// bounds, and whether there is any holding at all.
	declared [][shareKinds]declared
	covers   [][shareKinds]uint32 // as in sums
	grouped  map[Node]*groupings
	traces   memo // by rule and start
}

// shareKinds is the number of kinds that have shares, which come first.
const shareKinds = int(Control)

// edge is what a holder has of one kind in a subject.
type edge struct {
	subject Node
	// kindLower is as in record.
	kindLower uint32
	// howUpper has the upper bound in its low bits and above them how it counts.
	howUpper uint32
}

func (m *merged) edgeTo(subject Node) edge {
	return edge{subject, uint32(m.kind)<<topShift | m.lower, uint32(m.how)<<topShift | m.upper}
}

func (e edge) kind() Kind    { return Kind(e.kindLower >> topShift) }
func (e edge) lower() uint32 { return e.kindLower & shareMask }
func (e edge) how() how      { return how(e.howUpper >> topShift) }
func (e edge) upper() uint32 { return e.howUpper & shareMask }

// declared is a sum of lower bounds: what others than its holders certainly do
// not have. A bit on top says that there is something to sum up, and the one below
// that the party may have owners: nobody owns a person or a state.
type declared uint32

const (
	anyDeclared declared = 1 << 31
	ownable     declared = 1 << 30
)

func (d declared) any() bool     { return d&anyDeclared != 0 }
func (d declared) ownable() bool { return d&ownable != 0 }

// room is what those lower bounds leave of the whole.
func (d declared) room() uint32 { return uint32(Whole) - uint32(d)&shareMask }

func (d declared) with(lower uint32) declared {
	return d&ownable | anyDeclared | declared(saturate(uint32(d)&shareMask, lower))
}

// sums are those of one party, by kind. covers is the sum of what is not declared
// to be held through others; only what is undisclosed depends on it.
type sums struct {
	declared [shareKinds]declared
	covers   [shareKinds]uint32
}

// withGroups adds what is in groups.
func (d declared) withGroups(g *groupings, kind Kind) declared {
	least := uint64(Whole)
	for _, either := range g {
		sum := uint64(0)
		for at := range either.groups {
			if one := &either.groups[at]; one.kind == kind {
				sum += one.caps(one.heldBy(func(Node) bool { return true }))
			}
		}
		least = min(least, sum)
	}
	return d&anyDeclared | d.with(uint32(least))&^anyDeclared
}

// nothingDeclared is where the sums in a party of some type start.
func nothingDeclared(t PartyType) (d [shareKinds]declared) {
	if t != Person && t != State {
		for kind := range d {
			d[kind] = ownable
		}
	}
	return d
}

// declaredOn sums up what is declared in a party of some type, and finds its
// groups; nil if there are none.
func declaredOn(d declarations, t PartyType, on day, visit func(merged)) (all sums, groups *groupings) {
	all.declared = nothingDeclared(t)
	anyGrouped := false
	d.each(on, func(m merged) bool {
		visit(m)
		anyGrouped = anyGrouped || m.how == grouped
		if m.kind != Control {
			all.declared[m.kind] = all.declared[m.kind].with(m.caps)
			all.covers[m.kind] = saturate(all.covers[m.kind], m.covers)
		}
		return true
	})
	if anyGrouped {
		groups = groupingsOf(d, on)
		for kind := range all.declared {
			all.declared[kind] = all.declared[kind].withGroups(groups, Kind(kind))
		}
	}
	return all, groups
}

// view returns the layer as it stands on a day.
func (l *layerData) view(on day) *layerView {
	period := periodOf(l.boundaries, on)
	return l.views.at(period, func() *layerView { return newLayerView(l, dayIn(l.boundaries, period)) })
}

func newLayerView(l *layerData, on day) *layerView {
	nodes := l.len()
	v := &layerView{out: make([]uint32, nodes+1), declared: make([][shareKinds]declared, nodes), covers: make([][shareKinds]uint32, nodes), traces: memo{most: maxStarts}}
	for n := range Node(nodes) {
		sums, groups := declaredOn(l.declarationsOf(n), l.profiles[l.profile[n]].Type, on, func(m merged) { v.out[m.holder+1]++ })
		v.declared[n], v.covers[n] = sums.declared, sums.covers
		if groups != nil {
			if v.grouped == nil {
				v.grouped = map[Node]*groupings{}
			}
			v.grouped[n] = groups
		}
	}
	for n := range nodes {
		v.out[n+1] += v.out[n]
	}
	v.edges = make([]edge, v.out[nodes])
	// Each start is moved to the end of what is there already, and so to where
	// the next holder starts: shifted by one in the end.
	for n := range Node(nodes) {
		l.declarationsOf(n).each(on, func(m merged) bool {
			v.edges[v.out[m.holder]] = m.edgeTo(n)
			v.out[m.holder]++
			return true
		})
	}
	copy(v.out[1:], v.out[:nodes])
	v.out[0] = 0
	return v
}

// from returns what a holder holds.
func (v *layerView) from(holder Node) []edge {
	return v.edges[v.out[holder]:v.out[holder+1]]
}
