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
	type startKey struct {
		key     any
		unknown bool
	}
	base, ok := g.base.starts.get(startKey{key, unknown}, func() any { return g.base.start(unknown, classify) }).(*Start)
	if !ok {
		base = g.base.start(unknown, classify) // not reached: the key has a type of its own
	}
	start := Start{Seeds: make([]Seed, 0, len(base.Seeds)+8), base: base}
	for _, s := range base.Seeds {
		if g.over.slot(s.Node) < 0 {
			start.Seeds = append(start.Seeds, s)
		}
	}
	for _, list := range []struct {
		from []Node
		to   *[]Node
	}{{base.Unread, &start.Unread}, {base.Unknown, &start.Unknown}} {
		for _, n := range list.from {
			if g.over.slot(n) < 0 {
				*list.to = append(*list.to, n)
			}
		}
	}
	standing := g.over.standings(g.top, classify)
	for slot, n := range g.over.node {
		if _, dead := g.over.alias[n]; !dead {
			start.add(n, standing(slot), unknown)
		}
	}
	return start
}

// standings classifies the party of a slot. Parties of the top that are nothing else
// share few profiles, and each of those is classified once.
func (o *overlay) standings(top *Layer, classify func(Profile) Standing) func(slot int) Standing {
	known := make([]*Standing, len(top.profiles))
	return func(slot int) Standing {
		if _, merged := o.merged[slot]; merged || o.tops[slot] == nobody {
			return classify(o.profile[slot])
		}
		at := top.profile[o.tops[slot]]
		if known[at] == nil {
			standing := classify(top.profiles[at])
			known[at] = &standing
		}
		return *known[at]
	}
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
