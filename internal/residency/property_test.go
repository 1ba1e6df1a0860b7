package residency_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// TestFurtherPartiesOnlyMakeItStricter adds tenants on whose behalf an object
// runs, and owners, to random requests in random worlds: neither the action nor
// the verdict must ever become milder.
func TestFurtherPartiesOnlyMakeItStricter(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 7))
		g := graphtest.Build(t, randomGraph(random))
		p := newPolicy(t, func(p *residency.Policy) {
			p.Restricted, p.Indeterminate, p.Unidentified = action(random), action(random), action(random)
			p.TenantNotFound, p.UnidentifiedInTenantNamespaces = action(random), action(random)
			p.Rule.UndisclosedPossible = random.IntN(2) == 0
			p.Rule.Aggregation = ownership.Aggregation(random.IntN(3))
			p.Rule.Method = ownership.Method(random.IntN(3))
			p.Roles = [4]bool{true, random.IntN(2) == 0, true, true}
		})
		request := residency.Request{At: noon}
		switch random.IntN(6) {
		case 0:
		case 1:
			request.TenantNamespace = "ours"
		default:
			request.Tenant = randomTenant(random)
		}
		before := residency.Evaluate(p, g, request)
		for range 4 {
			if random.IntN(2) == 0 {
				request.Owners = append(request.Owners, ownership.Ref{Key: randomParty(random)})
			} else {
				named := residency.NamedTenant{Name: "other"}
				if random.IntN(4) > 0 {
					named.Tenant = randomTenant(random)
				}
				request.OnBehalfOf = append(request.OnBehalfOf, named)
			}
			after := residency.Evaluate(p, g, request)
			if after.Action > before.Action {
				t.Fatalf("seed %d: one party more made %s of %s", seed, after.Action, before.Action)
			}
			if gravity(after.Verdict) < gravity(before.Verdict) {
				t.Fatalf("seed %d: one party more made %s of %s", seed, after.Verdict, before.Verdict)
			}
			if len(after.Findings) < len(before.Findings) {
				t.Fatalf("seed %d: one party more made a finding go away", seed)
			}
			before = after
		}
	}
}

func gravity(v residency.Verdict) int {
	switch v {
	case residency.Clear:
		return 0
	case residency.Restricted:
		return 2
	default:
		return 1
	}
}

func action(random *rand.Rand) residency.Action { return residency.Action(random.IntN(4)) }

const parties = 8

// randomParty is one of the graph's, or one that is nowhere.
func randomParty(random *rand.Rand) string { return fmt.Sprintf("p%d", random.IntN(parties+1)) }

func randomTenant(random *rand.Rand) *residency.Tenant {
	t := newTenant("t")
	for range random.IntN(3) {
		t.Links = append(t.Links, residency.Link{
			Role: residency.Role(random.IntN(2)), Party: ownership.Ref{Key: randomParty(random)},
		})
	}
	return t
}

func randomGraph(random *rand.Rand) string {
	var s strings.Builder
	codes := []string{":CN", ":RU", ":SG", ":NL", ":NL", ":SG", ""}
	for i := range parties {
		fmt.Fprintf(&s, "p%d%s\n", i, codes[random.IntN(len(codes))])
	}
	shares := []string{"20", "30", "51", "(25,75]", "?", "votes 60"}
	for range 10 {
		subject, holder := random.IntN(parties), random.IntN(parties)
		if subject != holder {
			fmt.Fprintf(&s, "p%d < %s p%d\n", subject, shares[random.IntN(len(shares))], holder)
		}
	}
	return s.String()
}

// FuzzExplain holds that a tree is bounded, whatever the graph and the limits
// are, and that telling more never changes the verdict.
func FuzzExplain(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(5))
	f.Fuzz(func(t *testing.T, seed uint64, depth, size uint8) {
		random := rand.New(rand.NewPCG(seed, 11))
		g := graphtest.Build(t, randomGraph(random))
		p := newPolicy(t, func(p *residency.Policy) {
			p.Rule.Aggregation = ownership.Aggregation(random.IntN(3))
			p.Rule.Method = ownership.Method(random.IntN(3))
			p.Rule.UndisclosedPossible = random.IntN(2) == 0
		})
		limits := residency.Limits{
			Depth: int(depth % 8), Parties: int(size%16) + 1, Holdings: int(size%3) + 1, Coalitions: 2, Records: 1, All: seed%2 == 0,
		}
		for i := range parties {
			request := residency.Request{At: noon, Tenant: newTenant("t", fmt.Sprintf("p%d", i))}
			want, got := residency.Evaluate(p, g, request), residency.Explain(p, g, request, limits)
			if want.Verdict != got.Verdict || want.Reason != got.Reason {
				t.Fatalf("Explain says %s (%s), Evaluate %s (%s)", got.Verdict, got.Reason, want.Verdict, want.Reason)
			}
			for _, finding := range got.Findings {
				if n := measure(t, finding.Cause, limits.Depth); n > limits.Parties+1 {
					t.Fatalf("the tree has %d parties, more than %d", n, limits.Parties)
				}
			}
		}
	})
}

func measure(t *testing.T, c *residency.Cause, depth int) int {
	t.Helper()
	if c == nil {
		return 0
	}
	holdings := c.Others
	for _, tally := range c.Tallies {
		holdings = append(holdings, tally.Holdings...)
	}
	if depth == 0 && len(holdings) > 0 {
		t.Fatal("the tree is deeper than its limit")
	}
	n := 1
	for _, h := range holdings {
		n += measure(t, h.Holder, depth-1)
	}
	return n
}
