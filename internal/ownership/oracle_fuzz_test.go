package ownership_test

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// FuzzTraceAgainstOracle compares Trace with the oracle on small worlds.
func FuzzTraceAgainstOracle(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 16 {
		f.Add(randomBytes(random))
	}
	f.Fuzz(compareWithOracle)
}

// TestTraceAgainstOracle is the same on worlds that are the same each time.
func TestTraceAgainstOracle(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range worlds(t, 2000) {
		if compareWithOracle(t, randomBytes(random)); t.Failed() {
			break
		}
	}
}

// TestOwnersAgainstOracle is the same for many coalitions by Effective, of which
// few are looked at by themselves.
func TestOwnersAgainstOracle(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range worlds(t, 1000) {
		c := choices(randomBytes(random))
		o := world(&c)
		o.rule.Method, o.rule.Aggregation = ownership.Effective, choose(&c, ownership.SingleOwner, ownership.SingleOwner, ownership.SameJurisdiction)
		for i := range o.parties {
			if random.IntN(3) == 0 {
				o.parties[i].Jurisdictions.Headquarters = o.blocked[random.IntN(len(o.blocked))]
			}
		}
		if compareWorld(t, o); t.Failed() {
			break
		}
	}
}

// worlds is how many random worlds a test looks at: few each time, and as many
// as DOMICILE_WORLDS says at night.
func worlds(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv("DOMICILE_WORLDS")
	if text == "" {
		return few
	}
	many, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("DOMICILE_WORLDS: %v", err)
	}
	return many
}

func randomBytes(random *rand.Rand) []byte {
	data := make([]byte, 30+random.IntN(230))
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return data
}

func compareWithOracle(t *testing.T, data []byte) {
	t.Helper()
	c := choices(data)
	compareWorld(t, world(&c))
}

func compareWorld(t *testing.T, o *oracle) {
	t.Helper()
	g := graphtest.World{Parties: o.parties, Interests: o.interests}.Graph()
	outcome := g.At(o.at).Trace(o.rule, graphtest.Start(g, o.blocked...))
	groups, ok := o.groups()
	if !ok {
		return
	}
	compared := map[string]bool{}
	for _, name := range o.names() {
		n := node(t, g, name)
		definite, possible := false, false
		for _, group := range groups {
			definite = definite || group.definite[name]
			possible = possible || group.possible[name]
		}
		if outcome.Definite(n) != definite || outcome.Possible(n) != possible {
			t.Errorf("%q: Trace says definite %t, possible %t; the oracle says %t, %t\n%s",
				name, outcome.Definite(n), outcome.Possible(n), definite, possible, o)
		}
		compareCoalitions(t, o, g, outcome, groups, name, compared)
	}
}

// node finds a party by the oracle's name of it.
func node(t *testing.T, g *ownership.Graph, name string) ownership.Node {
	t.Helper()
	for n := range ownership.Node(g.Len()) {
		if "1 "+g.Label(n) == name || "2 "+g.Label(n) == name {
			return n
		}
	}
	t.Fatalf("there is no party %q", name)
	return 0
}

// compareCoalitions compares who restricts a party, and how; what is in
// compared, as another party's coalition, is not compared again.
func compareCoalitions(t *testing.T, o *oracle, g *ownership.Graph, outcome *ownership.Outcome, groups map[string]group, name string, compared map[string]bool) {
	t.Helper()
	n := node(t, g, name)
	coalitions, leftOut := outcome.Restricting(n, 100)
	if leftOut != 0 || outcome.Possible(n) != (len(coalitions) > 0) {
		t.Errorf("%q: %d coalitions restrict it, %d are left out\n%s", name, len(coalitions), leftOut, o)
	}
	var got []string
	for _, c := range coalitions {
		coalition := oracleName(o, g, c)
		got = append(got, coalition)
		if compared[coalition] {
			continue
		}
		compared[coalition] = true
		group := groups[coalition]
		definite, possible := map[string]bool{}, map[string]bool{}
		for m := range ownership.Node(g.Len()) {
			other := oracleNode(g, m)
			if c.Definite(m) {
				definite[other] = true
			}
			if c.Possible(m) {
				possible[other] = true
				compareTallies(t, o, g, c, group, other)
			}
		}
		if diff := cmp.Diff(group.definite, definite) + cmp.Diff(group.possible, possible); diff != "" {
			t.Errorf("%q: coalition %q (-oracle +got):\n%s\n%s", name, coalition, diff, o)
		}
	}
	if !outcome.Definite(n) {
		return // some that restrict it possibly do so because of what is in all of them
	}
	var want []string
	for _, coalition := range slices.Sorted(maps.Keys(groups)) {
		if groups[coalition].definite[name] {
			want = append(want, coalition)
		}
	}
	if o.rule.Aggregation != ownership.AllRestricted && !slices.Equal(got, want) {
		t.Errorf("%q: the coalitions %q restrict it; the oracle says %q\n%s", name, got, want, o)
	}
}

func oracleName(o *oracle, g *ownership.Graph, c *ownership.Coalition) string {
	switch {
	case len(c.Seeds) == 0:
		return "nobody"
	case o.rule.Aggregation == ownership.SameJurisdiction:
		return string(c.Country)
	case o.rule.Aggregation == ownership.SingleOwner:
		return oracleNode(g, c.Seeds[0])
	default:
		return "all"
	}
}

func oracleNode(g *ownership.Graph, n ownership.Node) string {
	if key := g.Party(n).Key; key != "" || g.Loaded(n) {
		return "1 " + key
	}
	return "2 " + g.Label(n)
}

// compareTallies compares what members hold in a member.
func compareTallies(t *testing.T, o *oracle, g *ownership.Graph, c *ownership.Coalition, group group, name string) {
	t.Helper()
	n := node(t, g, name)
	definite, possible := c.Seed(n) && c.Definite(n), c.Seed(n)
	for _, tally := range c.Tallies(n, 100) {
		definite, possible = definite || tally.Definite, possible || tally.Possible
		var want string
		switch {
		case tally.Method == ownership.Effective:
			want = o.effectiveTally(group.effective, name, tally)
		case tally.Kind == ownership.Control || tally.EachHoldsAll:
			continue
		default:
			lower, _ := o.sums(name, tally.Kind, group.cascade.definite)
			_, upper := o.sums(name, tally.Kind, group.cascade.possible)
			want = fmt.Sprint(min(lower, 1e9), min(upper, 1e9), o.undisclosed(name, tally.Kind))
		}
		if got := tallyText(g, tally); got != want {
			t.Errorf("%q: members hold %s of %s, the oracle says %s\n%s", name, got, tally.Kind, want, o)
		}
	}
	if definite != c.Definite(n) || possible != c.Possible(n) {
		t.Errorf("%q: the tallies say definite %t, possible %t; it is %t, %t\n%s", name, definite, possible, c.Definite(n), c.Possible(n), o)
	}
}

// tallyText writes a tally, by Effective with the part of each holder.
func tallyText(g *ownership.Graph, tally ownership.Tally) string {
	text := fmt.Sprint(int64(tally.Lower), int64(tally.Upper), int64(tally.Undisclosed))
	if tally.Method != ownership.Effective {
		return text
	}
	var holders []string
	for _, c := range tally.Counted {
		holders = append(holders, fmt.Sprint(oracleNode(g, c.Holder), int64(c.Part.Lower), int64(c.Part.Upper)))
	}
	slices.Sort(holders)
	return fmt.Sprint(text, holders)
}

// effectiveTally is tallyText as the oracle has it.
func (o *oracle) effectiveTally(m *measured, name string, tally ownership.Tally) string {
	kind := tally.Kind
	least := func(name string) *big.Int { return m.least[name] }
	most := func(name string) *big.Int { return m.most[name] }
	var lower, upper int64
	undisclosed := int64(0)
	if kind != ownership.Control {
		lower, upper = down(o.sumOf(name, kind, least, false)), up(o.sumOf(name, kind, most, true))
		undisclosed = o.undisclosed(name, kind)
	}
	parts := map[string]string{}
	list := o.claims(name, kind).all
	if o.jointly(name) && kind != ownership.Control {
		list = o.claims(name, kind).alone
	}
	for _, c := range list {
		low, high := down(least(c.holder)), up(most(c.holder))
		if high == 0 || kind != ownership.Control && c.upper == 0 {
			continue
		}
		if kind == ownership.Control {
			lower, upper = max(lower, low), max(upper, high)
		}
		parts[c.holder] = fmt.Sprint(c.holder, low, high)
	}
	holders := slices.Sorted(maps.Values(parts))
	return fmt.Sprint(fmt.Sprint(lower, upper, undisclosed), holders)
}
