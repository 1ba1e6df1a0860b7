package ownership

// layerView is a layer as it stands on one day: what every trace reads. It
// takes 12 bytes for each holding and 12 for each party.
type layerView struct {
	// edges has what each holder holds, by holder; out has where each holder's
	// edges begin, and the end.
	out   []uint32
	edges []edge
	// declared has, for each subject and kind that is added up, the sum of all
	// lower bounds, and whether there is any holding at all.
	declared [][shareKinds]declared
	traces   memo // by rule and start
}

// shareKinds is the number of kinds that have shares, which come first.
const shareKinds = int(Control)

// edge is what a holder has of one kind in a subject.
type edge struct {
	subject Node
	// kindLower is as in record.
	kindLower uint32
	upper     uint32
}

func (m *merged) edgeTo(subject Node) edge {
	return edge{subject, uint32(m.kind)<<kindShift | m.lower, m.upper}
}

func (e edge) kind() Kind    { return Kind(e.kindLower >> kindShift) }
func (e edge) lower() uint32 { return e.kindLower & lowerMask }

// declared is a sum of lower bounds. A bit on top says that there is something
// to sum up, and the one below that the party may have owners: nobody owns a
// person or a state.
type declared uint32

const (
	anyDeclared  declared = 1 << 31
	ownable      declared = 1 << 30
	declaredMask          = ownable - 1
)

func (d declared) any() bool     { return d&anyDeclared != 0 }
func (d declared) ownable() bool { return d&ownable != 0 }

// room is what those lower bounds leave of the whole.
func (d declared) room() uint32 { return uint32(Whole) - uint32(d&declaredMask) }

func (d declared) with(lower uint32) declared {
	return d&ownable | anyDeclared | declared(saturate(uint32(d&declaredMask), lower))
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

// view returns the layer as it stands on a day.
func (l *layerData) view(on day) *layerView {
	period := periodOf(l.boundaries, on)
	return l.views.at(period, func() *layerView { return newLayerView(l, dayIn(l.boundaries, period)) })
}

func newLayerView(l *layerData, on day) *layerView {
	nodes := l.len()
	v := &layerView{out: make([]uint32, nodes+1), declared: make([][shareKinds]declared, nodes), traces: memo{most: maxStarts}}
	for n := range Node(nodes) {
		sums := nothingDeclared(l.profiles[l.profile[n]].Type)
		each(l.recordsOf(n), on, func(m merged) bool {
			v.out[m.holder+1]++
			if m.kind != Control {
				sums[m.kind] = sums[m.kind].with(m.lower)
			}
			return true
		})
		v.declared[n] = sums
	}
	for n := range nodes {
		v.out[n+1] += v.out[n]
	}
	v.edges = make([]edge, v.out[nodes])
	// Each start is moved to the end of what is there already, and so to where
	// the next holder starts: shifted by one in the end.
	for n := range Node(nodes) {
		each(l.recordsOf(n), on, func(m merged) bool {
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
