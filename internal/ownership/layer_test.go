package ownership_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// TestLayersMakeNoDifference splits worlds into two registers and LegalEntities
// in any way and finds in them what it finds in the whole.
func TestLayersMakeNoDifference(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		if compareLayers(t, randomBytes(random), random.Uint64()); t.Failed() {
			break
		}
	}
}

// FuzzLayers is the same with worlds that the fuzzer finds.
func FuzzLayers(f *testing.F) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 16 {
		f.Add(randomBytes(random), random.Uint64())
	}
	f.Fuzz(func(t *testing.T, data []byte, split uint64) { compareLayers(t, data, split) })
}

func compareLayers(t *testing.T, data []byte, split uint64) {
	t.Helper()
	c := choices(data)
	o := world(&c)
	whole := graphtest.World{Parties: o.parties, Interests: o.interests}.Graph()
	random := rand.New(rand.NewPCG(split, split))
	var builders [3]ownership.Builder
	layerOf := map[ownership.Node]int{}
	for _, p := range o.parties {
		// Where LegalEntities and registers differ, the LegalEntity wins: each
		// party is declared in one layer only.
		n := graphtest.Node(t, whole, p.Key)
		if _, chosen := layerOf[n]; !chosen {
			layerOf[n] = random.IntN(3)
		}
		builders[layerOf[n]].AddParty(p)
	}
	for _, i := range o.interests {
		layer := random.IntN(3)
		if n, found := whole.Find(i.Subject); found && o.name(i.Holder) == o.name(i.Subject) && spell(i.Holder) != spell(i.Subject) && !o.byUnion(i) {
			layer = layerOf[n] // that it is of own shares is known only where the party is declared
		}
		builders[layer].AddInterest(i)
	}
	registers := []*ownership.Layer{builders[0].Layer(), builders[1].Layer()}
	for i := range registers {
		registers[i] = reread(t, registers[i])
	}
	base := ownership.Merge(registers...)
	slices.Reverse(registers)
	if other := ownership.Merge(registers...); base.Revision() != other.Revision() {
		t.Errorf("the order of registers makes a difference\n%s", o)
	}
	split3Base := reread(t, base)
	split3 := ownership.NewGraph(split3Base, builders[2].Layer())
	checkStart(t, o, split3)
	a, b := whole.At(o.at), split3.At(o.at)
	before, after := a.Trace(o.rule, graphtest.Start(whole, o.blocked...)), b.Trace(o.rule, graphtest.Start(split3, o.blocked...))
	compareStarts(t, o, split3)
	// Another graph over the same base begins with what is remembered of it.
	compareStarts(t, o, ownership.NewGraph(split3Base, nil))
	for _, name := range refs(o) {
		m, found := whole.Find(name)
		n, foundToo := split3.Find(name)
		if found && !foundToo && !whole.Loaded(m) && len(a.Holdings(m)) == 0 {
			continue // nothing but an interest in itself mentions it
		}
		if found != foundToo {
			t.Errorf("%q: found %t in layers, %t in one piece\n%s", name, foundToo, found, o)
		}
		if !found || !foundToo {
			continue
		}
		if before.Definite(m) != after.Definite(n) || before.Possible(m) != after.Possible(n) {
			t.Errorf("%q: in layers definite %t, possible %t; in one piece %t, %t\n%s",
				name, after.Definite(n), after.Possible(n), before.Definite(m), before.Possible(m), o)
		}
		if diff := cmp.Diff(whole.Party(m).Identifiers, split3.Party(n).Identifiers); diff != "" || whole.Loaded(m) != split3.Loaded(n) || whole.Profile(m).Type != split3.Profile(n).Type {
			t.Errorf("%q: the party differs in layers (-whole +layers):\n%s\n%s", name, diff, o)
		}
		if diff := cmp.Diff(holdings(whole, a, m), holdings(split3, b, n)); diff != "" {
			t.Errorf("%q: the holdings differ in layers (-whole +layers):\n%s\n%s", name, diff, o)
		}
		if diff := cmp.Diff(tallied(whole, before, m), tallied(split3, after, n)); diff != "" {
			t.Errorf("%q: the tallies differ in layers (-whole +layers):\n%s\n%s", name, diff, o)
		}
	}
}

// refs are all references of a world.
func refs(o *oracle) (all []ownership.Ref) {
	for _, p := range o.parties {
		all = append(all, ownership.Ref{Key: p.Key})
	}
	for _, i := range o.interests {
		all = append(append(all, i.Holder, i.Subject), i.Through...)
	}
	return all
}

// classify is what graphtest.Start says of all parties of a profile.
func (o *oracle) classify(p ownership.Profile) ownership.Standing {
	codes := graphtest.Codes(ownership.Party{Jurisdictions: p.Jurisdictions})
	standing := ownership.Standing{Unknown: len(codes) == 0}
	for _, c := range codes {
		if slices.Contains(o.blocked, c.Country()) && !slices.Contains(standing.Countries, c.Country()) {
			standing.Seed, standing.Countries = true, append(standing.Countries, c.Country())
		}
	}
	return standing
}

// compareStarts traces a graph from what is remembered of its base, and anew.
func compareStarts(t *testing.T, o *oracle, g *ownership.Graph) {
	t.Helper()
	v := g.At(o.at)
	for _, a := range []ownership.Aggregation{ownership.AllRestricted, ownership.SameJurisdiction, ownership.SingleOwner} {
		rule := o.rule
		rule.Aggregation = a
		anew, over := v.Trace(rule, graphtest.Start(g, o.blocked...)), v.Trace(rule, g.Start(1, true, o.classify))
		for _, name := range refs(o) {
			if n, found := g.Find(name); found && (anew.Definite(n) != over.Definite(n) || anew.Possible(n) != over.Possible(n)) {
				t.Errorf("%q: from the base definite %t, possible %t; anew %t, %t, by %v\n%s",
					g.Label(n), over.Definite(n), over.Possible(n), anew.Definite(n), anew.Possible(n), rule, o)
			}
		}
	}
}

// checkStart compares where parties stand with what each one's profile says.
func checkStart(t *testing.T, o *oracle, g *ownership.Graph) {
	t.Helper()
	classify := o.classify
	standing := map[ownership.Node]ownership.Standing{}
	for _, name := range refs(o) {
		if n, found := g.Find(name); found {
			standing[n] = classify(ownership.Profile{Jurisdictions: g.Party(n).Jurisdictions})
		}
	}
	start := g.Start(1, true, classify)
	seeds := map[ownership.Node]bool{}
	for _, s := range start.Seeds {
		seeds[s.Node] = true
	}
	unknown := map[ownership.Node]bool{}
	for _, n := range start.Unknown {
		unknown[n] = true
	}
	if len(seeds) != len(start.Seeds) || len(unknown) != len(start.Unknown) {
		t.Errorf("a party stands in two places\n%s", o)
	}
	for n, want := range standing {
		if seeds[n] != want.Seed || unknown[n] != (want.Unknown && !want.Seed) {
			t.Errorf("%q: seed %t, unknown %t; want %t, %t\n%s", g.Label(n), seeds[n], unknown[n], want.Seed, want.Unknown, o)
		}
	}
	if got := len(seeds) + len(unknown); got > len(standing) {
		t.Errorf("%d parties stand somewhere, but there are only %d\n%s", got, len(standing), o)
	}
}

// reread encodes and decodes a layer.
func reread(t *testing.T, l *ownership.Layer) *ownership.Layer {
	t.Helper()
	var encoded bytes.Buffer
	if err := l.Encode(&encoded); err != nil {
		t.Fatal(err)
	}
	decoded, err := ownership.Decode(bytes.NewReader(encoded.Bytes()), 1<<20)
	if err != nil {
		t.Fatalf("Decode what Encode wrote: %v", err)
	}
	var again bytes.Buffer
	if err := decoded.Encode(&again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded.Bytes(), again.Bytes()) || decoded.Revision() != l.Revision() {
		t.Fatal("what was decoded is encoded in another way")
	}
	return decoded
}

// held is a Holding with the name of its holder.
type held struct {
	Holder  string
	Through []string // by record
	ownership.Holding
}

func holdings(g *ownership.Graph, v *ownership.View, n ownership.Node) []held {
	var list []held
	for _, h := range v.Holdings(n) {
		list = append(list, namedHolding(g, h))
	}
	slices.SortFunc(list, func(a, b held) int { return strings.Compare(a.Holder+a.Kind.String(), b.Holder+b.Kind.String()) })
	return list
}

func namedHolding(g *ownership.Graph, h ownership.Holding) held {
	one := held{Holder: g.Label(h.Holder), Holding: h}
	one.Holding.Holder, one.Subject = 0, 0
	one.Records = slices.Clone(h.Records)
	for i, r := range one.Records {
		var through []string
		for _, n := range r.Through {
			through = append(through, g.Label(n))
		}
		slices.Sort(through)
		one.Through = append(one.Through, strings.Join(through, " "))
		one.Records[i].Through = nil
	}
	return one
}

// tallied is what the coalitions that restrict a party have in it, by names.
func tallied(g *ownership.Graph, o *ownership.Outcome, n ownership.Node) map[string]int {
	found := map[string]int{}
	coalitions, _ := o.Restricting(n, 100)
	for _, c := range coalitions {
		var seeds []string
		for _, s := range c.Seeds {
			seeds = append(seeds, g.Label(s))
		}
		slices.Sort(seeds)
		for _, tally := range c.Tallies(n, 100) {
			key := strings.Join(append(seeds, string(c.Country), tally.Kind.String(), tally.Lower.String(), tally.Upper.String(), tally.Undisclosed.String()), " ")
			found[key] += len(tally.Counted)
		}
	}
	return found
}
