package ownership_test

import (
	"fmt"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// TestManyOwnersTakeLittle counts steps: that there are many seeds, each of which
// is a coalition, must not make each one look at all that it reaches.
func TestManyOwnersTakeLittle(t *testing.T) {
	const tenants = 200
	tests := map[string]struct {
		reason string
		seeds  int
		// holds are the shares of other seeds in a seed, by how many places they are
		// before it, and tenant those of seeds in a company.
		holds, tenant map[int]ownership.Percent
		restricted    bool
	}{
		"Clique":  {"one owner has enough of each company, whatever all seeds have of each other", 150, everyOther(150, percent/2), map[int]ownership.Percent{0: 60 * percent}, true},
		"Chain":   {"so has one of a chain", 10_000, map[int]ownership.Percent{1: 60 * percent}, map[int]ownership.Percent{0: 60 * percent}, true},
		"Nobody":  {"two owners have enough together, but none by itself", 150, everyOther(150, percent/2), map[int]ownership.Percent{0: 30 * percent, 7: 30 * percent}, false},
		"Nearly":  {"nor in a chain where one has nearly all of the next", 10_000, map[int]ownership.Percent{1: 99 * percent}, map[int]ownership.Percent{0: 25 * percent, 1: 25*percent + 1}, false},
		"Through": {"one has enough because it has most of the next", 10_000, map[int]ownership.Percent{1: 99 * percent}, map[int]ownership.Percent{0: 30 * percent, 1: 30 * percent}, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := owners(tc.seeds, tenants, tc.holds, tc.tenant)
			g := w.Graph()
			rule := effectively(50*percent, ownership.MoreThan)
			rule.Aggregation = ownership.SingleOwner
			o := g.At(anyDay).Trace(rule, graphtest.Start(g, "CN"))
			for i := range tenants {
				n := graphtest.Node(t, g, fmt.Sprintf("t%d", i))
				if o.Definite(n) != tc.restricted || o.Possible(n) != tc.restricted {
					t.Errorf("%s: definite %t, possible %t; want %t", tc.reason, o.Definite(n), o.Possible(n), tc.restricted)
				}
				coalitions, _ := o.Restricting(n, 8)
				if tc.restricted != (len(coalitions) > 0) {
					t.Errorf("%s: %d coalitions restrict it", tc.reason, len(coalitions))
				}
				for _, c := range coalitions {
					c.Tallies(n, 8)
				}
			}
			steps, edges := ownership.Solved(o), len(w.Interests)
			if steps > 100*edges {
				t.Errorf("%s: %d steps for %d holdings", tc.reason, steps, edges)
			}
		})
	}
}

// everyOther has a share of each other one.
func everyOther(seeds int, share ownership.Percent) map[int]ownership.Percent {
	all := map[int]ownership.Percent{}
	for n := 1; n < seeds; n++ {
		all[n] = share
	}
	return all
}

// owners makes seeds that hold each other, and companies below them. Where each
// other seed holds something the seeds are a circle, else a line.
func owners(seeds, tenants int, holds, tenant map[int]ownership.Percent) graphtest.World {
	var w graphtest.World
	party := func(name, place string) {
		p := ownership.Party{Key: name, Type: ownership.Company}
		p.Jurisdictions.Headquarters = "SG"
		if place != "" {
			p.Jurisdictions.Headquarters = "CN"
		}
		w.Parties = append(w.Parties, p)
	}
	owns := func(holder int, subject string, share ownership.Percent) {
		w.Interests = append(w.Interests, ownership.Interest{
			Holder: ownership.Ref{Key: fmt.Sprintf("s%d", holder%seeds)}, Subject: ownership.Ref{Key: subject},
			Share: ownership.Share{Lower: share, Upper: share}, Directness: ownership.Direct,
		})
	}
	for n := range seeds {
		party(fmt.Sprintf("s%d", n), "CN")
		for before, share := range holds {
			if n >= before || len(holds) > 1 {
				owns(n+seeds-before, fmt.Sprintf("s%d", n), share)
			}
		}
	}
	for n := range tenants {
		name, at := fmt.Sprintf("t%d", n), n*seeds/tenants
		party(name, "")
		for after, share := range tenant {
			owns(at+after, name, share)
		}
	}
	return w
}
