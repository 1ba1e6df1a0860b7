package ownership

import (
	"slices"

	"github.com/domicile-dev/domicile/internal/persistent"
)

// NewGraph links registers and LegalEntities: what top declares about where a
// party sits wins over what base declares, basis by basis; all else is united.
// Either may be nil. missing names registers whose data should be there and is
// not.
func NewGraph(base, top *Layer, missing ...string) *Graph {
	if base == nil {
		base = new(Builder).Layer()
	}
	if top == nil {
		top = new(Builder).Layer()
	}
	g := &Graph{base: base, top: top, baseLen: Node(base.len()), missing: allMissing(base, top, missing)}
	l := newLinker(g)
	l.atOnce = manyRecords
	all := make([]facts, len(l.node))
	for slot := range all {
		all[slot] = l.facts(slot)
		if slices.ContainsFunc(all[slot].records, func(r record) bool { return r.alone(all[slot].details) }) {
			l.alone = append(l.alone, slot)
		}
	}
	g.over = &overlay{l.links, persistent.ListOf(all)}
	l.findWays(l.alone)
	g.boundaries = g.days()
	return g
}

// manyRecords is for how many records room is made together.
const manyRecords = 1024

// allMissing names what should be in a graph and is not, sorted.
func allMissing(base, top *Layer, missing []string) []string {
	for _, l := range []*Layer{base, top} {
		if l.incomplete {
			missing = append(slices.Clone(missing), tooLarge)
		}
	}
	return slices.Sorted(slices.Values(missing))
}

// tooLarge stands among the missing registers for what did not fit into a layer.
const tooLarge = "(too much for one graph)"

// days are those on which the graph changes.
func (g *Graph) days() []day {
	days := daySet{}
	for slot := range g.over.node {
		days.addAll(g.over.facts.At(slot).records)
	}
	return mergeDays(g.base.boundaries, days.sorted())
}

// linker makes the overlay of a graph.
type linker struct {
	g *Graph
	*links
	// bucket is scratch of relate. room is for the next records that stay, and atOnce
	// for how many there is to be room.
	bucket, room []record
	atOnce       int
}

// newLinker finds out which parties have a slot.
func newLinker(g *Graph) *linker {
	l := &linker{g: g, links: &links{
		baseLen: g.baseLen, topNode: make([]Node, g.top.len()),
		alias: map[Node]Node{}, slots: map[Node]int32{}, patched: newBitset(int(g.baseLen)), joined: map[int]sameParty{},
	}}
	parties := sameParties(g.base, g.top)
	l.addNew(parties)
	l.patch(parties)
	ways := l.patchWays(l.patched.clone())
	l.altered = newBitset(len(l.node))
	for slot, n := range l.node {
		if len(l.party(slot).bases) != 1 || len(l.alias) > 0 || n < l.baseLen && ways.has(n) {
			l.altered.add(Node(slot))
		}
	}
	return l
}

// addNew gives a node and a slot to each party that is not in the base.
func (l *linker) addNew(parties []sameParty) {
	l.node, l.top = make([]Node, 0, len(parties)), make([]Node, 0, len(parties))
	for _, party := range parties {
		n := l.baseLen + Node(len(l.node))
		if len(party.bases) > 0 {
			n = party.bases[0]
			for _, dead := range party.bases[1:] {
				l.alias[dead] = n
			}
		} else {
			l.add(n, party)
		}
		for _, t := range party.tops {
			l.topNode[t] = n
		}
	}
}

// patch gives a slot to each party of the base of which the top says more than
// that there is such a party.
func (l *linker) patch(parties []sameParty) {
	for _, party := range parties {
		if len(party.bases) == 0 || len(party.bases) == 1 && !slices.ContainsFunc(party.tops, l.says) {
			continue
		}
		l.addPatch(party.bases[0], party)
		for _, dead := range party.bases[1:] {
			l.addPatch(dead, sameParty{})
		}
	}
	if len(l.alias) == 0 {
		return
	}
	// What a party holds that is now known as another one is told anew.
	l.g.base.eachRecord(func(subject Node, r *record) {
		_, renamed := l.alias[r.holder]
		for _, n := range l.g.base.details[r.details].through {
			_, dead := l.alias[n]
			renamed = renamed || dead
		}
		if renamed && !l.patched.has(subject) {
			l.addPatch(subject, sameParty{bases: []Node{subject}})
		}
	})
}

// patchWays gives a slot to each party of the base in which somebody has something
// through nobody knows whom, if a way up from there passes one of some. It returns
// those of which it may be otherwise than in the base through whom that is.
func (l *linker) patchWays(some bitset) (ways bitset) {
	ways = newBitset(int(l.baseLen))
	if len(l.slots) == 0 {
		return ways
	}
	for _, subject := range l.g.base.alone {
		if l.g.base.passes(subject, some) {
			ways.add(subject)
			if !l.patched.has(subject) {
				l.addPatch(subject, sameParty{bases: []Node{subject}})
			}
		}
	}
	return ways
}

func (l *linker) says(t Node) bool {
	return l.g.top.loaded.has(t) || l.holds(t)
}

// holds says whether somebody holds something in a party of the top.
func (l *linker) holds(t Node) bool { return len(l.g.top.recordsOf(t)) > 0 }

// add gives a slot to a party.
func (l *linker) add(n Node, party sameParty) {
	top := nobody
	if len(party.tops) > 0 {
		top = party.tops[0]
	}
	if len(party.bases) > 0 || len(party.tops) != 1 {
		l.joined[len(l.node)] = party
	}
	l.node, l.top = append(l.node, n), append(l.top, top)
}

// addPatch gives a slot to a node of the base.
func (l *linker) addPatch(n Node, party sameParty) {
	l.patched.add(n)
	l.slots[n] = int32(len(l.node))
	l.add(n, party)
}
