package ownership_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// oracle answers what Trace answers, as slowly and obviously as can be: by full
// scans over everything until nothing changes, in plain sums, without any code
// of the package. Parties go by their names here: the first of all keys and
// identifiers that are the same party.
type oracle struct {
	parties   []ownership.Party
	interests []ownership.Interest
	at        time.Time
	rule      ownership.Rule
	blocked   []jurisdiction.Code // countries

	// What was worked out before, for it is asked for often.
	known struct {
		names  []string
		name   map[ownership.Ref]string
		claims map[question]*claims
		// undisclosed is by subject and kind.
		undisclosed map[question]int64
	}
}

// question asks what is held of a kind in a subject on the day.
type question struct {
	subject string
	kind    ownership.Kind
}

// name is the first of all references to the party that r is a reference to.
func (o *oracle) name(r ownership.Ref) string {
	if name, ok := o.known.name[r]; ok {
		return name
	}
	if o.known.name == nil {
		o.known.name = map[ownership.Ref]string{}
	}
	o.known.name[r] = o.firstName(r)
	return o.known.name[r]
}

func (o *oracle) firstName(r ownership.Ref) string {
	same := map[string]bool{spell(r): true}
	for grew := true; grew; {
		grew = false
		for _, p := range o.parties {
			if refs := spellings(p); slices.ContainsFunc(refs, func(s string) bool { return same[s] }) {
				for _, s := range refs {
					grew = grew || !same[s]
					same[s] = true
				}
			}
		}
	}
	return slices.Min(slices.Collect(maps.Keys(same)))
}

// spell writes a reference such that keys come first.
func spell(r ownership.Ref) string {
	if r.Key != "" {
		return "1 " + r.Key
	}
	return "2 " + strings.ToUpper(strings.TrimSpace(r.Identifier.Scheme)) + ":" + strings.ToUpper(strings.TrimSpace(r.Identifier.ID))
}

func spellings(p ownership.Party) []string {
	all := []string{spell(ownership.Ref{Key: p.Key})}
	for _, id := range p.Identifiers {
		all = append(all, spell(ownership.Ref{Identifier: id}))
	}
	return all
}

// names are all parties, those that are only referred to as well.
func (o *oracle) names() []string {
	if o.known.names != nil {
		return o.known.names
	}
	all := map[string]bool{}
	for _, p := range o.parties {
		all[o.name(ownership.Ref{Key: p.Key})] = true
	}
	for _, i := range o.interests {
		all[o.name(i.Holder)] = true
		all[o.name(i.Subject)] = true
		for _, r := range i.Through {
			all[o.name(r)] = true
		}
	}
	o.known.names = slices.Sorted(maps.Keys(all))
	return o.known.names
}

// declarations are those of one party, by key.
func (o *oracle) declarations(name string) []ownership.Party {
	var all []ownership.Party
	for _, p := range o.parties {
		if o.name(ownership.Ref{Key: p.Key}) == name {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b ownership.Party) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// ownable is false for a person and a state.
func (o *oracle) ownable(name string) bool {
	for _, p := range o.declarations(name) {
		if p.Type != ownership.UnknownType {
			return p.Type == ownership.Company || p.Type == ownership.Arrangement || p.Type == ownership.JointArrangement
		}
	}
	return true
}

// countries are the blocked countries in which a party sits; known says
// whether it is known to sit anywhere.
func (o *oracle) countries(name string) (blocked []jurisdiction.Code, known bool) {
	for _, p := range o.declarations(name) {
		for _, c := range graphtest.Codes(p) {
			known = true
			if slices.Contains(o.blocked, c.Country()) && !slices.Contains(blocked, c.Country()) {
				blocked = append(blocked, c.Country())
			}
		}
	}
	return blocked, known
}

func (o *oracle) passes(sum int64) bool {
	sum = min(sum, 1_000_000_000)
	if sum <= 0 {
		return false
	}
	if o.rule.Comparison == ownership.AtLeast {
		return sum >= int64(o.rule.Threshold)
	}
	return sum > int64(o.rule.Threshold)
}

func (o *oracle) kinds() []ownership.Kind {
	var kinds []ownership.Kind
	if o.rule.Shareholding {
		kinds = append(kinds, ownership.Shareholding)
	}
	if o.rule.VotingRights {
		kinds = append(kinds, ownership.VotingRights)
	}
	return kinds
}

// undisclosed is the part of a kind in a subject that nobody has declared and
// that counts.
func (o *oracle) undisclosed(subject string, kind ownership.Kind) int64 {
	q := question{subject: subject, kind: kind}
	part, ok := o.known.undisclosed[q]
	if !ok {
		if o.known.undisclosed == nil {
			o.known.undisclosed = map[question]int64{}
		}
		part = o.workOutUndisclosed(subject, kind)
		o.known.undisclosed[q] = part
	}
	return part
}

func (o *oracle) workOutUndisclosed(subject string, kind ownership.Kind) int64 {
	if !o.rule.UndisclosedPossible || !o.ownable(subject) {
		return 0
	}
	this, other := false, false
	for _, k := range o.kinds() {
		if len(o.claims(subject, k).all) > 0 {
			this = this || k == kind
			other = other || k != kind
		}
	}
	if !this && other {
		return 0
	}
	return max(0, 1_000_000_000-o.claims(subject, kind).covers)
}

// sums are what members hold at least, and at most.
func (o *oracle) sums(subject string, kind ownership.Kind, members map[string]bool) (lower, upper int64) {
	c := o.claims(subject, kind)
	of := func(in func(claim) bool, share func(claim) int64) []int64 {
		weights := make([]int64, len(c.all))
		for i, one := range c.all {
			if one.holder != subject && members[one.holder] && in(one) {
				weights[i] = share(one)
			}
		}
		return weights
	}
	all := func(claim) bool { return true }
	lower = c.most(of(all, func(c claim) int64 { return c.lower }), c.sameLower)
	held := c.most(of(func(c claim) bool { return !c.alone }, func(c claim) int64 { return c.upper }), c.sameUpper)
	free := c.most(of(func(c claim) bool { return c.alone }, func(c claim) int64 { return c.upper }), c.sameUpper)
	caps := c.most(of(all, func(c claim) int64 { return c.caps }), c.sameLower)
	others := c.base - caps
	upper = min(held+o.undisclosed(subject, kind), max(1_000_000_000-others, caps)) + free
	return lower, max(lower, upper)
}

// close adds whoever is restricted because of members until nobody is.
func (o *oracle) close(members map[string]bool, possibly bool) map[string]bool {
	members = maps.Clone(members)
	names := o.names()
	for grew := true; grew; {
		grew = false
		for _, subject := range names {
			if members[subject] {
				continue
			}
			restricted := false
			for _, kind := range o.kinds() {
				if o.jointly(subject) {
					for _, c := range o.claims(subject, kind).alone {
						restricted = restricted || members[c.holder] && (c.lower > 0 || possibly && c.upper > 0)
					}
					restricted = restricted || possibly && o.passes(o.undisclosed(subject, kind))
					continue
				}
				lower, upper := o.sums(subject, kind, members)
				restricted = restricted || o.passes(lower) || possibly && o.passes(upper)
			}
			for _, c := range o.claims(subject, ownership.Control).all {
				restricted = restricted || members[c.holder] && o.rule.ControlRestricts
			}
			if restricted {
				members[subject] = true
				grew = true
			}
		}
	}
	return members
}

// group is a coalition: who belongs to it for certain, and who may, by the
// rule's method; and by Cascade and by Effective alone where that is asked for.
type group struct {
	definite, possible map[string]bool
	cascade            *group
	effective          *measured
}

// group finds out whom a coalition restricts; ok is false if the oracle can't.
func (o *oracle) group(seeds, perhaps map[string]bool) (g group, ok bool) {
	g.definite, g.possible = map[string]bool{}, map[string]bool{}
	if o.rule.Method != ownership.Effective {
		g.cascade = &group{definite: o.close(seeds, false), possible: o.close(perhaps, true)}
		maps.Copy(g.definite, g.cascade.definite)
		maps.Copy(g.possible, g.cascade.possible)
	}
	if o.rule.Method != ownership.Cascade {
		m, ok := o.measureGroup(seeds, perhaps)
		if !ok {
			return g, false
		}
		g.effective = &m
		maps.Copy(g.definite, m.definite)
		maps.Copy(g.possible, m.possible)
	}
	return g, true
}

// groups are the coalitions by name: of a country, of a seed, of all. The one
// of nobody in particular has the name "nobody". ok is false if the oracle does
// not know.
func (o *oracle) groups() (groups map[string]group, ok bool) {
	seeds := map[string]map[string]bool{"nobody": {}}
	unknown := map[string]bool{}
	for _, n := range o.names() {
		blocked, known := o.countries(n)
		if !known && o.rule.UndisclosedPossible {
			unknown[n] = true
		}
		if len(blocked) == 0 {
			continue
		}
		var coalitions []string
		switch o.rule.Aggregation {
		case ownership.AllRestricted:
			coalitions = []string{"all"}
		case ownership.SameJurisdiction:
			for _, c := range blocked {
				coalitions = append(coalitions, string(c))
			}
		case ownership.SingleOwner:
			coalitions = []string{n}
		}
		for _, c := range coalitions {
			if seeds[c] == nil {
				seeds[c] = map[string]bool{}
			}
			seeds[c][n] = true
		}
	}
	groups = map[string]group{}
	for c, members := range seeds {
		perhaps := maps.Clone(members)
		maps.Copy(perhaps, unknown)
		if groups[c], ok = o.group(members, perhaps); !ok {
			return nil, false
		}
	}
	return groups, true
}

// String says what was asked, in the words of the notation where that can be.
func (o *oracle) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "at %s, %+v, blocked %v\n", o.at.Format(time.RFC3339), o.rule, o.blocked)
	for _, p := range o.parties {
		fmt.Fprintf(&b, "  %s type %d %v %v\n", p.Key, p.Type, graphtest.Codes(p), p.Identifiers)
	}
	for _, i := range o.interests {
		fmt.Fprintf(&b, "  %s < %s %s-%s %s %s..%s %s class %q joint %q through %v\n", spell(i.Subject), i.Kind, i.Share.Lower, i.Share.Upper, spell(i.Holder),
			i.Since.Format(time.DateOnly), i.Until.Format(time.DateOnly), i.Directness, i.Class, i.Joint, i.Through)
	}
	return b.String()
}
