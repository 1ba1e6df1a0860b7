package ownership_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// TestGraphsAreWhatTheirLayersMake changes declarations over a register step by step,
// and the register now and then, and compares each graph, which takes over whatever
// is the same in the last one, with one that is linked anew of all that is declared.
func TestGraphsAreWhatTheirLayersMake(t *testing.T) {
	t.Parallel()
	relinked, views, ways, steps := 0, 0, 0, 0
	for seed := range uint64(60) {
		d := &declaring{random: rand.New(rand.NewPCG(seed, 11)), sources: 8 + int(seed)/2}
		base := d.register()
		sources, declared := &ownership.Sources{}, map[string]*ownership.Declaration{}
		var g *ownership.Graph
		for step := range 15 {
			changes := d.changes(declared, step == 0)
			sources = sources.With(changes)
			for name, declaration := range changes {
				if declared[name] = declaration; declaration == nil {
					delete(declared, name)
				}
			}
			if d.random.IntN(10) == 0 {
				base = d.register()
			}
			var missing []string
			if d.random.IntN(10) == 0 {
				missing = append(missing, "reg")
			}
			next, want := g.With(base, sources.Layer(), missing...), ownership.NewGraph(base, layerOf(declared), missing...)
			if g != nil {
				is, made := next.Relinked(g)
				if is {
					relinked++
					views += made
					ways += next.Alone()
				}
			}
			where := fmt.Sprintf("seed %d, step %d", seed, step)
			days := []time.Time{day(d.random.IntN(7)), day(d.random.IntN(7))}
			if a, b := want.Lines(days...), next.Lines(days...); !slices.Equal(a, b) {
				t.Fatalf("%s: the graph is not that of the same declarations (-anew +changed):\n%s", where, cmp.Diff(a, b))
			}
			compareTraces(t, where, want, next, days[0])
			g = next
			steps++
		}
	}
	if relinked*4 < steps || views < relinked || ways < steps/10 {
		t.Errorf("of %d graphs %d took over who is who from the last one, with %d views and %d subjects with unknown ways: that is too few", steps, relinked, views, ways)
	}
}

func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

func layerOf(declared map[string]*ownership.Declaration) *ownership.Layer {
	var b ownership.Builder
	for _, declaration := range declared {
		b.AddParty(declaration.Party)
		for _, i := range declaration.Interests {
			b.AddInterest(i)
		}
	}
	return b.Layer()
}

// register is one of parties that have identifiers in common with declarations; it says
// of some holdings that they are indirect, and not through whom.
func (d *declaring) register() *ownership.Layer {
	if d.random.IntN(6) == 0 {
		return nil
	}
	var b ownership.Builder
	parties := 4 + d.sources
	number := func() string { return fmt.Sprint("r", d.random.IntN(parties)) }
	for n := range parties {
		p := ownership.Party{Key: fmt.Sprint("r", n), Name: fmt.Sprint("Registered ", n), Type: ownership.Company, Source: fmt.Sprint("entry ", n)}
		p.Jurisdictions.Incorporation = d.code()
		if d.random.IntN(2) == 0 {
			p.Identifiers = append(p.Identifiers, d.identifier())
		}
		b.AddParty(p)
		for range d.random.IntN(3) {
			i := d.interest(p.Key, n)
			i.Holder = ownership.Ref{Key: number()}
			i.Directness = []ownership.Directness{ownership.Direct, ownership.UnknownDirectness, ownership.Indirect}[d.random.IntN(3)]
			if d.random.IntN(4) == 0 {
				i.Through = []ownership.Ref{{Key: number()}}
			}
			b.AddInterest(i)
		}
	}
	return b.Layer().Named("reg")
}

// compareTraces traces two graphs by several rules, from what is remembered of what
// they have in common.
func compareTraces(t *testing.T, where string, want, got *ownership.Graph, at time.Time) {
	t.Helper()
	for _, rule := range []ownership.Rule{
		{Threshold: 50 * percent, Shareholding: true, VotingRights: true},
		{Threshold: 25 * percent, Shareholding: true, ControlRestricts: true, UndisclosedPossible: true},
		{Threshold: 50 * percent, Shareholding: true, Method: ownership.Effective, EachHoldsAll: true},
		{Threshold: 30 * percent, Shareholding: true, Method: ownership.Either, Aggregation: ownership.SingleOwner, UndisclosedPossible: true},
	} {
		trace := func(g *ownership.Graph) *ownership.Outcome {
			start := g.Start("blocked", rule.UndisclosedPossible, blocked)
			inOrder := func(a, b ownership.Seed) int { return int(a.Node - b.Node) }
			if !slices.IsSortedFunc(start.Seeds, inOrder) || !slices.IsSorted(start.Unknown) {
				t.Fatalf("%s: where parties stand is not in the order of their nodes", where)
			}
			return g.At(at).Trace(rule, start)
		}
		a, b := trace(want), trace(got)
		if diff := cmp.Diff(ownership.Traced(a), ownership.Traced(b)); diff != "" {
			t.Fatalf("%s, by %+v (-anew +changed):\n%s", where, rule, diff)
		}
		for n := range ownership.Node(want.Len()) {
			if x, y := tallied(want, a, n), tallied(got, b, n); !maps.Equal(x, y) {
				t.Fatalf("%s, by %+v, of %s (-anew +changed):\n%s", where, rule, want.Label(n), cmp.Diff(x, y))
			}
		}
	}
}

// blocked is where a party of a profile stands if CN is blocked.
func blocked(p ownership.Profile) ownership.Standing {
	j := p.Jurisdictions
	standing := ownership.Standing{Unknown: j.Incorporation == "" && j.Headquarters == ""}
	if j.Incorporation == "CN" || j.Headquarters == "CN" {
		standing.Seed, standing.Countries = true, []jurisdiction.Code{"CN"}
	}
	return standing
}

// TestWaysAreFoundAnewWhereHoldersChange has somebody in a register who holds something
// through nobody knows whom: whether through a company that a LegalEntity says is his.
func TestWaysAreFoundAnewWhereHoldersChange(t *testing.T) {
	id := func(n string) ownership.Identifier { return ownership.Identifier{Scheme: "XX-REG", ID: n} }
	indirect := holds(byKey("owner"), byKey("subject"), 30, "1")
	indirect.Directness = ownership.Indirect
	base := layer(company("subject", "SG"), company("owner", "CN", id("1")), company("between", "SG"), company("above", "SG", id("2")),
		indirect, holds(byKey("between"), byKey("subject"), 40, "2"), holds(byKey("above"), byKey("between"), 100, "3")).Named("reg")
	declare := func(holder string) *ownership.Declaration {
		return &ownership.Declaration{Party: company("e/above", "SG", id("2")), Interests: []ownership.Interest{holds(byKey(holder), byKey("e/above"), 100, "4")}}
	}
	declared := map[string]*ownership.Declaration{
		"above": declare("e/other"), "other": {Party: company("e/other", "SG")}, "owner": {Party: company("e/owner", "CN", id("1"))},
	}
	sources := (&ownership.Sources{}).With(declared)
	g := ownership.NewGraph(base, sources.Layer())
	for _, holder := range []string{"e/owner", "e/other", "e/owner"} {
		declared["above"] = declare(holder)
		sources = sources.With(map[string]*ownership.Declaration{"above": declared["above"]})
		next, want := g.With(base, sources.Layer()), ownership.NewGraph(base, layerOf(declared))
		if is, _ := next.Relinked(g); !is || next.Alone() == 0 {
			t.Fatalf("held by %s: relinked %t, unknown ways in %d parties", holder, is, next.Alone())
		}
		if diff := cmp.Diff(want.Lines(day(1)), next.Lines(day(1))); diff != "" {
			t.Errorf("held by %s (-anew +changed):\n%s", holder, diff)
		}
		g = next
	}
}
