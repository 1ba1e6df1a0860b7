package ownership

import "github.com/domicile-dev/domicile/internal/jurisdiction"

// Standing is where a party stands by where it sits.
type Standing struct {
	// Seed says that it sits in a blocked jurisdiction; Countries (alpha-2) has
	// which.
	Seed      bool
	Countries []jurisdiction.Code
	// Unread says that it may sit in a blocked jurisdiction: what was given for it
	// is not understood.
	Unread bool
	// Unknown says that it has no jurisdiction on any basis that counts.
	Unknown bool
}

// Start finds out where each party stands. classify must be a pure function of
// the key, which is comparable, and the Profile: what it says of the base layer
// is remembered. Without unknown, the parties of unknown jurisdiction are left
// out: there can be millions.
func (g *Graph) Start(key any, unknown bool, classify func(Profile) Standing) Start {
	base, ok := g.base.starts.get(startKey{key, unknown}, func() any { return g.base.start(unknown, classify) }).(*Start)
	if !ok {
		base = g.base.start(unknown, classify) // not reached: the key has a type of its own
	}
	over := g.starts.of(startKey{key, unknown}, func() *overStart { return g.startOver(unknown, classify) })
	patched, itself := g.over.patched, func(n Node) Node { return n }
	return Start{
		Seeds:   overlaid(patched, base.Seeds, over.patched.Seeds, over.outside.Seeds, Seed.node),
		Unread:  overlaid(patched, base.Unread, over.patched.Unread, over.outside.Unread, itself),
		Unknown: overlaid(patched, base.Unknown, over.patched.Unknown, over.outside.Unknown, itself),
		base:    base,
	}
}

type startKey struct {
	key     any
	unknown bool
}

// overlaid are those of the base that are not in over, what is there instead, and what
// is not in the base, all in the order of their nodes.
func overlaid[T any](over bitset, base, instead, outside []T, node func(T) Node) []T {
	all := make([]T, 0, len(base)+len(instead)+len(outside))
	for _, one := range base {
		n := node(one)
		for len(instead) > 0 && node(instead[0]) < n {
			all, instead = append(all, instead[0]), instead[1:]
		}
		if !over.has(n) {
			all = append(all, one)
		}
	}
	return append(append(all, instead...), outside...)
}

func (l *layerData) start(unknown bool, classify func(Profile) Standing) *Start {
	standings := make([]Standing, len(l.profiles))
	for i, p := range l.profiles {
		standings[i] = classify(p)
	}
	var start Start
	for n, p := range l.profile {
		start.add(Node(n), standings[p], unknown)
	}
	return &start
}

func (s *Start) add(n Node, standing Standing, unknown bool) {
	switch {
	case standing.Seed:
		s.Seeds = append(s.Seeds, Seed{Node: n, Countries: standing.Countries})
	case standing.Unread:
		s.Unread = append(s.Unread, n)
	case standing.Unknown && unknown:
		s.Unknown = append(s.Unknown, n)
	}
}
