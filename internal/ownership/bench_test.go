package ownership_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// benchParties is how many parties the synthetic register has; each has one
// interest in it on average, 2 % are seeds.
const benchParties = 100_000

// register makes a register of realistic shape: few holders hold much of what
// is held, in chains, with some loops.
func register(parties int) graphtest.World {
	random := rand.New(rand.NewPCG(9, 10))
	var w graphtest.World
	for n := range parties {
		p := ownership.Party{Key: fmt.Sprintf("entity/%07d", n), Type: ownership.Company}
		p.Jurisdictions.Headquarters = "SG"
		if random.IntN(50) == 0 {
			p.Jurisdictions.Headquarters = [...]jurisdiction.Code{"CN", "RU"}[random.IntN(2)]
		}
		w.Parties = append(w.Parties, p)
	}
	for range parties {
		subject := 1 + random.IntN(parties-1)
		// Holders come before subjects, so that there are no loops, but for
		// one in a hundred; the first few hold most.
		holder := int(float64(subject) * random.Float64() * random.Float64())
		if random.IntN(100) == 0 {
			holder = random.IntN(parties)
		}
		lower := ownership.Percent(random.IntN(90)) * percent
		i := ownership.Interest{
			Holder: ownership.Ref{Key: w.Parties[holder].Key}, Subject: ownership.Ref{Key: w.Parties[subject].Key},
			Share: ownership.Share{Lower: lower, Upper: lower + ownership.Percent(random.IntN(10))*percent},
			Kind:  ownership.Kind(random.IntN(2)), Source: "register",
		}
		w.Interests = append(w.Interests, i)
	}
	return w
}

// BenchmarkTrace compares the worklist with repeated full scans, on one graph.
func BenchmarkTrace(b *testing.B) {
	g := register(benchParties).Graph()
	v := g.At(anyDay)
	start := graphtest.Start(g, "CN", "RU")
	var restricted int
	for _, tc := range []struct {
		name        string
		aggregation ownership.Aggregation
		undisclosed bool
	}{
		{"AllRestricted", ownership.AllRestricted, false},
		{"AllRestrictedUndisclosed", ownership.AllRestricted, true},
		{"SameJurisdiction", ownership.SameJurisdiction, false},
		{"SingleOwner", ownership.SingleOwner, false},
		{"SingleOwnerUndisclosed", ownership.SingleOwner, true},
	} {
		rule := defaults
		rule.Aggregation, rule.UndisclosedPossible = tc.aggregation, tc.undisclosed
		b.Run("Worklist/"+tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				restricted = count(v.Trace(rule, start), g)
			}
			b.ReportMetric(float64(restricted), "restricted")
		})
	}
	b.Run("Scans/AllRestricted", func(b *testing.B) {
		holdings := make([][]ownership.Holding, g.Len())
		for n := range holdings {
			holdings[n] = v.Holdings(ownership.Node(n))
		}
		for b.Loop() {
			restricted = scan(holdings, start)
		}
		b.ReportMetric(float64(restricted), "restricted")
	})
}

// BenchmarkBuild builds the graph and its view of a day.
func BenchmarkBuild(b *testing.B) {
	w := register(benchParties)
	b.ReportAllocs()
	for b.Loop() {
		w.Graph().At(anyDay)
	}
}

func count(o *ownership.Outcome, g *ownership.Graph) (definite int) {
	for n := range ownership.Node(g.Len()) {
		if o.Definite(n) {
			definite++
		}
	}
	return definite
}

// scan finds the definitely and then the possibly restricted by looking at
// every party until nothing changes, and counts the definite ones.
func scan(holdings [][]ownership.Holding, start ownership.Start) (definite int) {
	for _, possibly := range []bool{false, true} {
		members := make([]bool, len(holdings))
		for _, s := range start.Seeds {
			members[s.Node] = true
		}
		for grew := true; grew; {
			grew = false
			for n, held := range holdings {
				if !members[n] && restricted(held, members, possibly) {
					members[n], grew = true, true
				}
			}
		}
		if !possibly {
			for _, m := range members {
				if m {
					definite++
				}
			}
		}
	}
	return definite
}

func restricted(holdings []ownership.Holding, members []bool, possibly bool) bool {
	var sum, others [2]ownership.Percent
	for _, h := range holdings {
		switch {
		case !members[h.Holder]:
			others[h.Kind] += h.Share.Lower
		case possibly:
			sum[h.Kind] += h.Share.Upper
		default:
			sum[h.Kind] += h.Share.Lower
		}
	}
	for kind := range sum {
		if possibly {
			sum[kind] = min(sum[kind], ownership.Whole-others[kind])
		}
		if sum[kind] > defaults.Threshold {
			return true
		}
	}
	return false
}
