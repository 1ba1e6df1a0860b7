package ownership_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// FuzzProperties holds what must be true of every trace, without an oracle.
func FuzzProperties(f *testing.F) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 16 {
		f.Add(randomBytes(random))
	}
	f.Fuzz(checkProperties)
}

// TestProperties is the same on worlds that are the same each time.
func TestProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range worlds(t, 1000) {
		if checkProperties(t, randomBytes(random)); t.Failed() {
			break
		}
	}
}

func checkProperties(t *testing.T, data []byte) {
	t.Helper()
	c := choices(data)
	o := world(&c)
	g := graphOf(o)
	base := traced(o, g, o.rule)

	for label, r := range base {
		if r.definite && !r.possible {
			t.Errorf("%q is definitely, but not possibly restricted\n%s", label, o)
		}
	}

	stricter := o.rule
	stricter.Threshold = max(0, o.rule.Threshold-choose(&c, 1, 10*percent, 25*percent))
	notMilder(t, o, "lowering the threshold", base, traced(o, g, stricter))
	stricter = o.rule
	stricter.Comparison = ownership.AtLeast
	notMilder(t, o, "comparing with AtLeast", base, traced(o, g, stricter))
	stricter = o.rule
	stricter.UndisclosedPossible, stricter.ControlRestricts = true, true
	notMilder(t, o, "counting what is undisclosed, and control", base, traced(o, g, stricter))

	byOwner, byCountry, together := o.rule, o.rule, o.rule
	byOwner.Aggregation, byCountry.Aggregation, together.Aggregation = ownership.SingleOwner, ownership.SameJurisdiction, ownership.AllRestricted
	notMilder(t, o, "SameJurisdiction instead of SingleOwner", traced(o, g, byOwner), traced(o, g, byCountry))
	notMilder(t, o, "AllRestricted instead of SameJurisdiction", traced(o, g, byCountry), traced(o, g, together))

	checkNoSeedNoRestriction(t, o, g)
	checkOneMoreHolder(t, o, base, &c)
	checkOneMoreCleanHolder(t, o, base, &c)
	checkOrder(t, o, g, base)
}

type result struct{ definite, possible bool }

func graphOf(o *oracle) *ownership.Graph {
	return graphtest.World{Parties: o.parties, Interests: o.interests}.Graph()
}

// traced is what a rule says of each party.
func traced(o *oracle, g *ownership.Graph, rule ownership.Rule) map[string]result {
	outcome := g.At(o.at).Trace(rule, graphtest.Start(g, o.blocked...))
	results := map[string]result{}
	for n := range ownership.Node(g.Len()) {
		results[g.Label(n)] = result{outcome.Definite(n), outcome.Possible(n)}
	}
	return results
}

func notMilder(t *testing.T, o *oracle, change string, before, after map[string]result) {
	t.Helper()
	for label, b := range before {
		a := after[label]
		if b.definite && !a.definite || b.possible && !a.possible {
			t.Errorf("%s makes the verdict on %q milder\n%s", change, label, o)
		}
	}
}

// checkNoSeedNoRestriction: whatever the loops, nobody is restricted where
// nobody is blocked, and nobody possibly unless what is unknown counts.
func checkNoSeedNoRestriction(t *testing.T, o *oracle, g *ownership.Graph) {
	t.Helper()
	outcome := g.At(o.at).Trace(o.rule, ownership.Start{Unknown: graphtest.Start(g).Unknown})
	for n := range ownership.Node(g.Len()) {
		if outcome.Definite(n) || outcome.Possible(n) && !o.rule.UndisclosedPossible {
			t.Errorf("%q is restricted by nobody\n%s", g.Label(n), o)
		}
	}
}

// checkOneMoreHolder: a new restricted holder makes no verdict milder. Where not
// all restricted holders count together this is true of what is definite only:
// what one owner holds for certain, another one can't hold, so that the other
// one's coalition may stop being possible.
func checkOneMoreHolder(t *testing.T, o *oracle, before map[string]result, c *choices) {
	t.Helper()
	share := choose(c, ownership.Share{Lower: 10 * percent, Upper: 10 * percent}, ownership.UnknownShare, ownership.Share{},
		ownership.Share{Lower: 60 * percent, Upper: 75 * percent})
	more := &oracle{parties: slices.Clone(o.parties), interests: slices.Clone(o.interests), at: o.at, rule: o.rule, blocked: o.blocked}
	more.parties = append(more.parties, ownership.Party{
		Key: "q", Type: ownership.Company, Jurisdictions: ownership.Jurisdictions{Headquarters: "CN"},
	})
	more.interests = append(more.interests, ownership.Interest{
		Holder: ownership.Ref{Key: "q"}, Subject: ownership.Ref{Key: key(c.below(8))}, Share: share,
		Kind: choose(c, ownership.Shareholding, ownership.VotingRights, ownership.Control),
	})
	after := traced(more, graphOf(more), o.rule)
	if o.rule.Aggregation != ownership.AllRestricted {
		for label, r := range after {
			r.possible = true
			after[label] = r
		}
	}
	notMilder(t, more, "one more restricted holder", before, after)
}

// checkOneMoreCleanHolder: a clean holder that says nothing about others makes no
// verdict milder, whatever the method, the aggregation and what counts of what is
// undisclosed. It says nothing about them unless it has its shares itself; what
// does not say so covers a part of what would else be undisclosed.
func checkOneMoreCleanHolder(t *testing.T, o *oracle, before map[string]result, c *choices) {
	t.Helper()
	more := &oracle{parties: slices.Clone(o.parties), interests: slices.Clone(o.interests), at: o.at, rule: o.rule, blocked: o.blocked}
	more.parties = append(more.parties, ownership.Party{
		Key: "q", Type: ownership.Person, Jurisdictions: ownership.Jurisdictions{Nationality: []jurisdiction.Code{"SG"}},
	})
	i := ownership.Interest{
		Holder: ownership.Ref{Key: "q"}, Subject: ownership.Ref{Key: key(c.below(8))},
		Share: choose(c, ownership.Share{Lower: 60 * percent, Upper: 60 * percent}, ownership.Share{Lower: 100 * percent, Upper: 100 * percent},
			ownership.Share{Lower: 25 * percent, Upper: 75 * percent}),
		Kind:       choose(c, ownership.Shareholding, ownership.VotingRights),
		Directness: choose(c, ownership.Indirect, ownership.UnknownDirectness),
	}
	if o.rule.UndisclosedPossible {
		i.Directness = ownership.Indirect
	}
	for range c.below(3) {
		i.Through = append(i.Through, ownership.Ref{Key: key(c.below(8))})
	}
	more.interests = append(more.interests, i)
	notMilder(t, more, "one more clean holder, who says nothing of others", before, traced(more, graphOf(more), o.rule))
}

// checkOrder: the order of declarations makes no difference at all.
func checkOrder(t *testing.T, o *oracle, g *ownership.Graph, before map[string]result) {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(len(o.interests)), uint64(len(o.parties))))
	other := &oracle{parties: slices.Clone(o.parties), interests: slices.Clone(o.interests), at: o.at, rule: o.rule, blocked: o.blocked}
	random.Shuffle(len(other.parties), func(i, j int) {
		other.parties[i], other.parties[j] = other.parties[j], other.parties[i]
	})
	random.Shuffle(len(other.interests), func(i, j int) {
		other.interests[i], other.interests[j] = other.interests[j], other.interests[i]
	})
	shuffled := graphOf(other)
	diff := cmp.Diff(g.Problems(), shuffled.Problems()) + cmp.Diff(before, traced(o, shuffled, o.rule), cmp.AllowUnexported(result{}))
	for n := range ownership.Node(min(g.Len(), shuffled.Len())) {
		diff += cmp.Diff(g.Label(n), shuffled.Label(n)) + cmp.Diff(g.Party(n), shuffled.Party(n)) +
			cmp.Diff(g.At(o.at).Holdings(n), shuffled.At(o.at).Holdings(n))
	}
	if diff != "" || g.Len() != shuffled.Len() {
		t.Errorf("another order makes a difference:\n%s\n%s", diff, o)
	}
}
