package register

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// relationKind is what a relationship of level 2 is.
type relationKind uint8

const (
	direct   relationKind = iota // directly consolidated by
	ultimate                     // ultimately consolidated by
	branchOf
	subFundOf
	relationKinds
	// notOwnership is a relationship that says nothing of who owns whom.
	notOwnership
)

var relationTypes = map[string]relationKind{
	"IS_DIRECTLY_CONSOLIDATED_BY":   direct,
	"IS_ULTIMATELY_CONSOLIDATED_BY": ultimate,
	"IS_INTERNATIONAL_BRANCH_OF":    branchOf,
	"IS_SUBFUND_OF":                 subFundOf,
	"IS_FUND-MANAGED_BY":            notOwnership,
	"IS_FEEDER_TO":                  notOwnership,
}

// relationship is a record of level 2: the child is consolidated by, or a part of,
// the parent.
type relationship struct {
	child, parent lei
	// of is the entity that the record is about: the child, but where the child is
	// only a place that its record counts at.
	of           lei
	kind         relationKind
	since, until time.Time
	// indirect and through are those of the interest.
	indirect bool
	through  []lei
	at       mark
}

// current says whether the relationship has no end.
func (r *relationship) current() bool { return r.until.IsZero() }

func compareRelationships(a, b relationship) int {
	return cmp.Or(slices.Compare(a.child[:], b.child[:]), slices.Compare(a.parent[:], b.parent[:]), cmp.Compare(a.kind, b.kind),
		a.since.Compare(b.since), a.until.Compare(b.until), slices.Compare(a.of[:], b.of[:]))
}

// relationship reads a record of level 2: the start node is the child, the end
// node the parent.
func (g *gleifReader) relationship(r *gleifRecord, at place) error {
	at.record = r.text[startNode]
	kind, ok := relationTypes[r.code(relationshipType)]
	if !ok {
		g.remark(UnreadProperty, at, "a relationship of type %s is not read", quote(r.text[relationshipType]))
		return nil
	}
	if kind == notOwnership {
		return nil
	}
	child, okChild := parseLEI(r.text[startNode])
	parent, okParent := parseLEI(r.text[endNode])
	if !okChild || !okParent {
		g.refuse(at, "from %s to %s: an LEI with wrong check digits identifies nobody", quote(r.text[startNode]), quote(r.text[endNode]))
		return nil
	}
	if child == parent {
		g.remark(OtherRemark, at, "a relationship of an entity with itself says nothing")
		return nil
	}
	if registered := r.code(registrationStatus); registered == "ANNULLED" || registered == "DUPLICATE" {
		return nil // it should never have been there, or is there twice
	}
	for _, p := range holdsDuring(r.periods) {
		one := relationship{child: child, parent: parent, of: child, kind: kind, at: g.mark(at)}
		one.since, one.until = g.since(at, p.start), g.until(at, p.end, onThatDay)
		if r.code(relationshipStatus) == "INACTIVE" && one.current() {
			continue // it has ended, nobody says when
		}
		if err := g.sink.spend(relationshipCost); err != nil {
			return err
		}
		g.relationships = append(g.relationships, one)
	}
	return nil
}

// relationshipCost is what a relationship takes in memory until all are read.
const relationshipCost = 160

// holdsDuring are the periods during which a relationship holds. Those of other
// types, such as that of the accounts, say nothing of that.
func holdsDuring(periods []gleifPeriod) []gleifPeriod {
	of := func(kind string) []gleifPeriod {
		var all []gleifPeriod
		for _, p := range periods {
			if strings.EqualFold(p.kind, kind) {
				all = append(all, p)
			}
		}
		return all
	}
	for _, kind := range []string{"RELATIONSHIP_PERIOD", ""} {
		if all := of(kind); len(all) > 0 {
			return all
		}
	}
	return []gleifPeriod{{}}
}

// byKind takes relationships of different kinds apart.
func byKind(all []relationship) (of [relationKinds][]relationship) {
	for _, r := range all {
		of[r.kind] = append(of[r.kind], r)
	}
	return of
}

// tidy sorts relationships, drops those that are there twice, and remarks on
// those that contradict each other: GLEIF has one of each kind of an entity at a
// time.
func (g *gleifReader) tidy(all []relationship) []relationship {
	slices.SortStableFunc(all, compareRelationships)
	all = slices.CompactFunc(all, func(a, b relationship) bool { return compareRelationships(a, b) == 0 })
	for i := 1; i < len(all); i++ {
		if a, b := &all[i-1], &all[i]; a.of == b.of && a.kind == b.kind && overlap(a, b) {
			g.remark(ConflictingDuplicate, g.place(b.at, string(b.of[:])), "another relationship of the same type at the same time differs from it: both count")
		}
	}
	return all
}

func overlap(a, b *relationship) bool {
	return (a.current() || b.since.Before(a.until)) && (b.current() || a.since.Before(b.until))
}

// majority is what consolidation counts as.
var majority = ownership.Share{Lower: ownership.Whole/2 + 1, Upper: ownership.Whole}

// declareConsolidation declares direct parents, and ultimate ones where the
// direct ones do not lead to them already: at the top of the chain of direct
// parents, so that nobody's majority is counted twice. What is recorded of a
// branch counts as that of its head office.
func (g *gleifReader) declareConsolidation(directs, ultimates []relationship, heads map[lei]lei) error {
	directs, ultimates = g.tidy(directs), g.tidy(ultimates)
	directs, ultimates = toHeads(directs, heads), toHeads(ultimates, heads)
	for i := range directs {
		if err := g.consolidated(&directs[i], "direct accounting consolidation, counted as a majority"); err != nil {
			return err
		}
	}
	chains := chains{directs, heads}
	for _, r := range chains.attached(ultimates) {
		if err := g.consolidated(&r, "ultimate accounting consolidation, counted as a majority"); err != nil {
			return err
		}
	}
	return nil
}

// consolidated declares that the parent has a majority of shares and votes.
func (g *gleifReader) consolidated(r *relationship, what string) error {
	i := ownership.Interest{Share: majority}
	if r.kind == direct {
		i.Directness = ownership.Direct
	}
	if r.indirect {
		i.Directness = ownership.Indirect
		for _, l := range r.through {
			i.Through = append(i.Through, l.ref())
		}
	}
	return g.held(r, i, what)
}

// held declares an interest of the parent in the child, in shares and votes.
func (g *gleifReader) held(r *relationship, i ownership.Interest, what string) error {
	i.Holder, i.Subject, i.Since, i.Until = r.parent.ref(), r.child.ref(), r.since, r.until
	i.Source = "relationship record of " + string(r.of[:]) + ": " + what
	for _, i.Kind = range bothKinds {
		if err := g.sink.interest(i); err != nil {
			return err
		}
	}
	return nil
}
