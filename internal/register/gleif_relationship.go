package register

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// relationship is a record of level 2: who consolidates whom.
type relationship struct {
	child, parent lei
	ultimate      bool
	since, until  time.Time
}

// current says whether the relationship has no end.
func (r relationship) current() bool { return r.until.IsZero() }

func compareRelationships(a, b relationship) int {
	return cmp.Or(slices.Compare(a.child[:], b.child[:]), slices.Compare(a.parent[:], b.parent[:]),
		a.since.Compare(b.since), a.until.Compare(b.until))
}

// maxPeriods is how many periods a relationship has room for.
const maxPeriods = 5

// relationshipRow reads level 2: the start node is the child, the end node the
// parent. Fund management and branches are not ownership.
func (g *gleifReader) relationshipRow(t *table) func(place) error {
	start, end := t.position("Relationship.StartNode.NodeID"), t.position("Relationship.EndNode.NodeID")
	kind, status := t.position("Relationship.RelationshipType"), t.position("Relationship.RelationshipStatus")
	registrationStatus := t.position("Registration.RegistrationStatus")
	var periods [maxPeriods]struct{ kind, start, end int }
	for n := range periods {
		name := fmt.Sprintf("Relationship.Period.%d.", n+1)
		periods[n] = struct{ kind, start, end int }{t.position(name + "periodType"), t.position(name + "startDate"), t.position(name + "endDate")}
	}
	return func(at place) error {
		r := relationship{}
		switch t.value(kind) {
		case "IS_DIRECTLY_CONSOLIDATED_BY":
		case "IS_ULTIMATELY_CONSOLIDATED_BY":
			r.ultimate = true
		default:
			return nil
		}
		var okChild, okParent bool
		r.child, okChild = parseLEI(t.value(start))
		r.parent, okParent = parseLEI(t.value(end))
		if at.record = t.value(start); !okChild || !okParent {
			g.refuse(at, "from %s to %s: an LEI with wrong check digits identifies nobody", quote(t.value(start)), quote(t.value(end)))
			return nil
		}
		// Periods of other types, such as that of the accounts, say nothing of how
		// long it holds, and may stand before.
		for n, p := range periods {
			if what := t.value(p.kind); what == "RELATIONSHIP_PERIOD" || what == "" && n == 0 {
				r.since, r.until = g.since(at, t.value(p.start)), g.until(at, t.value(p.end), onThatDay)
				if what != "" {
					break
				}
			}
		}
		switch registered := t.value(registrationStatus); {
		case registered == "ANNULLED" || registered == "DUPLICATE":
			return nil // it should never have been there, or is there twice
		case t.value(status) == "INACTIVE" && r.current():
			return nil // it has ended, nobody says when
		}
		g.relationships = append(g.relationships, r)
		return nil
	}
}

// majority is what consolidation counts as.
var majority = ownership.Share{Lower: ownership.Whole/2 + 1, Upper: ownership.Whole}

// declareRelationships declares direct parents, and ultimate ones where the
// direct ones do not lead to them already: at the top of the chain of direct
// parents, so that nobody's majority is counted twice.
func (g *gleifReader) declareRelationships() error {
	var direct, ultimate []relationship
	for _, r := range g.relationships {
		if r.ultimate {
			ultimate = append(ultimate, r)
		} else {
			direct = append(direct, r)
		}
	}
	g.relationships = nil
	slices.SortFunc(direct, compareRelationships)
	direct = slices.Compact(direct)
	for _, r := range direct {
		if err := g.consolidated(r, "relationship record of "+string(r.child[:])+": direct accounting consolidation, counted as a majority"); err != nil {
			return err
		}
	}
	for _, r := range attached(ultimate, direct) {
		if err := g.consolidated(r.relationship, "relationship record of "+string(r.of[:])+": ultimate accounting consolidation, counted as a majority"); err != nil {
			return err
		}
	}
	return nil
}

// consolidated declares that the parent has a majority of shares and votes.
func (g *gleifReader) consolidated(r relationship, source string) error {
	for _, kind := range []ownership.Kind{ownership.Shareholding, ownership.VotingRights} {
		err := g.sink.interest(ownership.Interest{
			Holder: r.parent.ref(), Subject: r.child.ref(), Kind: kind, Share: majority, Since: r.since, Until: r.until, Source: source,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
