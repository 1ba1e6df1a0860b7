package residency

import (
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// tree builds the tree of one finding, breadth first, so that a limit cuts off
// what is furthest away.
type tree struct {
	*tracer
	parties int
	told    map[telling]bool
	// asked has the places that were asked about, and whether there was anything
	// to tell: what stands there is worked out once.
	asked map[asking]bool
	queue []step
}

// place is a party as a holder that counts in a tally: of a coalition, by a
// method. Without a coalition it is the root, or outside of all.
type place struct {
	node      ownership.Node
	coalition *ownership.Coalition
	method    ownership.Method
}

// telling identifies what is told at a place, so that it is told once.
type telling struct {
	node    ownership.Node
	country jurisdiction.Code
	owner   ownership.Node
	root    bool
	method  ownership.Method
}

// asking identifies a place. A telling does not, for with AllRestricted the same
// is told of a root as further down.
type asking struct {
	telling
	root bool
}

const nobody ownership.Node = -1

func (b *tree) telling(p place) telling {
	t := telling{node: p.node, owner: nobody, method: p.method}
	switch {
	case b.policy.Rule.Aggregation == ownership.AllRestricted:
		// There is one coalition: it is the same at the root and further down.
	case p.coalition == nil:
		t.root = true
	default:
		t.country = p.coalition.Country
		if b.policy.Rule.Aggregation == ownership.SingleOwner && len(p.coalition.Seeds) == 1 {
			t.owner = p.coalition.Seeds[0]
		}
	}
	return t
}

type step struct {
	cause *Cause
	place place
	depth int
}

func (t *tracer) cause(n ownership.Node) *Cause {
	b := &tree{tracer: t, told: map[telling]bool{}, asked: map[asking]bool{}}
	root := b.add(place{node: n}, 0)
	for len(b.queue) > 0 {
		next := b.queue[0]
		b.queue = b.queue[1:]
		b.expand(next)
	}
	return root
}

// add makes the Cause of a party and queues its holdings.
func (b *tree) add(p place, depth int) *Cause {
	b.parties++
	cause := b.describe(p.node)
	b.queue = append(b.queue, step{cause: cause, place: p, depth: depth})
	return cause
}

func (b *tree) describe(n ownership.Node) *Cause {
	party := b.graph.Party(n)
	seats, _ := b.policy.seats(b.graph.Profile(n))
	return &Cause{
		Label:       b.graph.Label(n),
		Name:        party.Name,
		Type:        party.Type,
		Identifiers: first(party.Identifiers, maxIdentifiers),
		Seats:       firstSeats(seats),
		Unread:      first(b.policy.unread(b.graph.Profile(n)), maxSeats),
		Standing:    b.standing(n),
		Source:      party.Source,
	}
}

func (b *tree) standing(n ownership.Node) Standing {
	verdict, reason := b.judge(n)
	switch {
	case reason == RestrictedSeed:
		return BySeat
	case verdict == Restricted:
		return ByOwners
	case reason == PossiblyRestricted, reason == JurisdictionNotUnderstood:
		return MaybeRestricted
	case reason == PartyNotFound:
		return NotFound
	case reason == JurisdictionUnknown:
		return Unknown
	case reason == RegisterUnavailable:
		return Unconfirmed
	default:
		return NotRestricted
	}
}

// expand adds the holdings in a party to its Cause.
func (b *tree) expand(s step) {
	here := asking{telling: b.telling(s.place), root: s.place.coalition == nil}
	if anything, again := b.asked[here]; again {
		s.cause.Repeated = anything
		return
	}
	tallies, leftOut := b.tallies(s.place)
	others := b.others(s.place.node, tallies)
	b.asked[here] = len(tallies)+len(others) > 0
	if !b.asked[here] {
		return
	}
	if b.told[here.telling] {
		s.cause.Repeated = true
		return
	}
	b.told[here.telling] = true
	for _, tally := range tallies {
		b.told[b.telling(place{node: s.place.node, coalition: tally.coalition, method: tally.Method})] = true
	}
	if s.depth >= b.limits.Depth {
		s.cause.LeftOut = leftOut + len(others)
		for _, tally := range tallies {
			s.cause.LeftOut += len(tally.Counted) + tally.LeftOut
		}
		return
	}
	s.cause.LeftOut = leftOut
	for _, tally := range tallies {
		s.cause.Tallies = append(s.cause.Tallies, b.tally(tally, s))
	}
	for i, holding := range others {
		if i >= b.limits.Holdings || b.parties >= b.limits.Parties {
			s.cause.LeftOut += len(others) - i
			break
		}
		s.cause.Others = append(s.cause.Others, b.holding(holding, false, place{node: holding.Holder}, s.depth))
	}
}

func (b *tree) holding(h ownership.Holding, definite bool, holder place, depth int) Holding {
	records := first(h.Records, b.limits.Records)
	return Holding{
		Holder: b.add(holder, depth+1),
		Kind:   h.Kind, Share: h.Share, Adds: h.Share, Definite: definite,
		Records: records, LeftOut: len(h.Records) - len(records),
	}
}

func first[T any](list []T, limit int) []T {
	return list[:min(len(list), limit)]
}

// firstSeats keeps the blocked seats when there are too many.
func firstSeats(seats []Seat) []Seat {
	if len(seats) <= maxSeats {
		return seats
	}
	kept := make([]Seat, 0, len(seats))
	for _, blocked := range []bool{true, false} {
		for _, seat := range seats {
			if seat.Blocked == blocked {
				kept = append(kept, seat)
			}
		}
	}
	return first(kept, maxSeats)
}
