package ownership_test

import (
	"fmt"
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// choices turns bytes into choices, the first of each when there are no more.
type choices []byte

func (c *choices) below(n int) int {
	if len(*c) == 0 {
		return 0
	}
	b := int((*c)[0])
	*c = (*c)[1:]
	return b % n
}

func (c *choices) once(in int) bool { return c.below(in) == in-1 }

func choose[T any](c *choices, of ...T) T { return of[c.below(len(of))] }

const percent = ownership.Whole / 100

// world makes a small world and a rule to trace by: cycles, ranges, dates,
// duplicates, parties that are nowhere or have two names.
func world(c *choices) *oracle {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	o := &oracle{
		at: choose(c, day(3), day(1), day(2), day(4), day(5).Add(23*time.Hour), day(3).Add(-time.Nanosecond)),
		rule: ownership.Rule{
			Threshold:    choose(c, 50*percent, 50*percent+1, 25*percent, 75*percent, 10*percent, 0, 100*percent),
			Comparison:   choose(c, ownership.MoreThan, ownership.AtLeast),
			Aggregation:  choose(c, ownership.AllRestricted, ownership.SameJurisdiction, ownership.SingleOwner),
			Method:       choose(c, ownership.Cascade, ownership.Effective, ownership.Either),
			Shareholding: !c.once(8), VotingRights: !c.once(4), ControlRestricts: !c.once(3), UndisclosedPossible: c.once(2),
			EachHoldsAll: c.once(3),
		},
		blocked: choose(c, []jurisdiction.Code{"CN", "RU"}, []jurisdiction.Code{"CN"}),
	}
	nodes := 2 + c.below(7)
	for n := range nodes {
		if c.once(8) {
			continue // nowhere to be found
		}
		p := ownership.Party{
			Key:  key(n),
			Type: choose(c, ownership.Company, ownership.Person, ownership.Company, ownership.Arrangement, ownership.State, ownership.UnknownType, ownership.JointArrangement),
			Jurisdictions: ownership.Jurisdictions{
				Headquarters:  choose[jurisdiction.Code](c, "SG", "CN", "", "SG", "RU", "GB"),
				Incorporation: choose[jurisdiction.Code](c, "", "SG", "", "", "CN", "RU-MOW"),
			},
		}
		if c.once(6) {
			p.Identifiers = []ownership.Identifier{choose(c, lei(0), lei(1), ownership.Identifier{Scheme: "zz-test", ID: " X1 "})}
		}
		o.parties = append(o.parties, p)
	}
	for len(*c) > 0 && len(o.interests) < 24 {
		o.interests = append(o.interests, interest(c, nodes, day))
	}
	return o
}

func interest(c *choices, nodes int, day func(int) time.Time) ownership.Interest {
	party := func() ownership.Ref {
		if c.once(12) {
			return ownership.Ref{Identifier: lei(c.below(3))}
		}
		return ownership.Ref{Key: key(c.below(nodes))}
	}
	i := ownership.Interest{
		Holder: party(), Subject: party(),
		Kind:   choose(c, ownership.Shareholding, ownership.Shareholding, ownership.VotingRights, ownership.Control),
		Source: choose(c, "register", "filing"),
	}
	low := choose(c, 51*percent, 0, 10*percent, 20*percent, 25*percent, 25*percent+1, 30*percent, 40*percent, 49*percent,
		50*percent-1, 50*percent, 50*percent+1, 60*percent, 75*percent, 100*percent)
	high := low
	if c.once(3) {
		high = min(ownership.Whole, low+choose(c, 25*percent, 1, 10*percent, 50*percent, 100*percent))
	}
	i.Share = ownership.Share{Lower: low, Upper: high}
	if c.once(20) {
		i.Share = choose(c, ownership.Share{Lower: 2, Upper: 1}, ownership.Share{Lower: -1, Upper: 1}, ownership.Share{Lower: 0, Upper: ownership.Whole + 1})
	}
	i.Directness = choose(c, ownership.Direct, ownership.Direct, ownership.UnknownDirectness, ownership.Indirect)
	if i.Directness != ownership.Direct && c.once(2) {
		for range 1 + c.below(2) {
			i.Through = append(i.Through, party())
		}
	}
	if c.once(8) {
		i.Class = choose(c, "ordinary", "preferred")
	}
	if c.once(8) {
		i.Joint = choose(c, "family", "fund")
	}
	if c.once(5) {
		i.Since = day(1 + c.below(5))
	}
	if c.once(5) {
		i.Until = day(1 + c.below(5))
	}
	return i
}

func key(n int) string { return fmt.Sprintf("p%d", n) }

func lei(n int) ownership.Identifier {
	return ownership.Identifier{Scheme: "ZZ-TEST", ID: fmt.Sprintf("X%d", n)}
}
