package ownership

import (
	"sync"
	"sync/atomic"
	"time"
)

// View is the graph of one day, and of every day until the next one on which
// the graph stands otherwise. It is immutable and safe for concurrent use.
type View struct {
	graph  *Graph
	period int // how many boundaries of the graph are past
	on     day // any day of the period

	// edges has what each holder holds, by holder; out has where each holder's
	// edges begin, and the end.
	out   []int32
	edges []edge
	// declared has, for each subject and kind that is added up, the sum of all
	// lower bounds, and whether there is any holding at all.
	declared [][shareKinds]declared
	// ownable are the parties that somebody may own: nobody owns a person or a
	// state.
	ownable bitset

	used atomic.Bool // since something was last forgotten

	memoLock sync.Mutex
	memo     map[any]*memoized
	memoAge  uint64
}

// shareKinds is the number of kinds that have shares, which come first.
const shareKinds = int(Control)

// edge is what a holder has of one kind in a subject.
type edge struct {
	subject Node
	// kindLower has the lower bound in its low bits and the kind above them:
	// 100 % is less than 2³⁰ units.
	kindLower uint32
	upper     uint32
}

const kindShift = 30

func (e edge) kind() Kind    { return Kind(e.kindLower >> kindShift) }
func (e edge) lower() uint32 { return e.kindLower & (1<<kindShift - 1) }

// declared is a sum of lower bounds, with a bit on top that says that there is
// something to sum up.
type declared uint32

const anyDeclared declared = 1 << 31

func (d declared) any() bool { return d&anyDeclared != 0 }

// room is what those lower bounds leave of the whole.
func (d declared) room() uint32 { return uint32(Whole) - uint32(d&^anyDeclared) }

func (d declared) with(lower uint32) declared {
	return anyDeclared | declared(saturate(uint32(d&^anyDeclared), lower))
}

func newView(g *Graph, period int) *View {
	nodes := g.Len()
	v := &View{
		graph: g, period: period, on: dayIn(g.boundaries, period),
		out:      make([]int32, nodes+1),
		declared: make([][shareKinds]declared, nodes),
		ownable:  newBitset(nodes),
	}
	for n := range Node(nodes) {
		if t := g.directory.parties[n].Type; t != Person && t != State {
			v.ownable.add(n)
		}
		each(g.records.of(n), v.on, func(m merged) bool {
			v.out[m.holder+1]++
			if m.kind != Control {
				v.declared[n][m.kind] = v.declared[n][m.kind].with(m.lower)
			}
			return true
		})
	}
	for n := range nodes {
		v.out[n+1] += v.out[n]
	}
	v.edges = make([]edge, v.out[nodes])
	next := append([]int32(nil), v.out[:nodes]...)
	for n := range Node(nodes) {
		each(g.records.of(n), v.on, func(m merged) bool {
			v.edges[next[m.holder]] = edge{n, uint32(m.kind)<<kindShift | m.lower, m.upper}
			next[m.holder]++
			return true
		})
	}
	return v
}

// dayIn is a day on which so many boundaries are past.
func dayIn(boundaries []day, past int) day {
	switch {
	case len(boundaries) == 0:
		return 0
	case past == 0:
		return boundaries[0] - 1
	default:
		return boundaries[past-1]
	}
}

// Graph is the graph that this is a View of.
func (v *View) Graph() *Graph { return v.graph }

// From is the first instant of the View; ok is false if it has none.
func (v *View) From() (t time.Time, ok bool) {
	if v.period == 0 {
		return time.Time{}, false
	}
	return v.graph.boundaries[v.period-1].time(), true
}

// Until is the first instant at which the graph stands otherwise; ok is false
// if there is none.
func (v *View) Until() (t time.Time, ok bool) {
	if v.period == len(v.graph.boundaries) {
		return time.Time{}, false
	}
	return v.graph.boundaries[v.period].time(), true
}

// eachHolder calls yield for everything that is held in a subject on the day,
// by holder and kind, until yield returns false.
func (v *View) eachHolder(subject Node, yield func(merged) bool) {
	each(v.graph.records.of(subject), v.on, yield)
}

// from returns what a holder holds.
func (v *View) from(holder Node) []edge {
	return v.edges[v.out[holder]:v.out[holder+1]]
}
