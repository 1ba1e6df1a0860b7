package ownership_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// layer makes a layer of parties and interests.
func layer(declared ...any) *ownership.Layer {
	var b ownership.Builder
	for _, d := range declared {
		switch d := d.(type) {
		case ownership.Party:
			b.AddParty(d)
		case ownership.Interest:
			b.AddInterest(d)
		}
	}
	return b.Layer()
}

var (
	leiA = ownership.Identifier{Scheme: "LEI", ID: "00LANTERNSG000000007"}
	gbB  = ownership.Identifier{Scheme: "GB-COH", ID: "SC000001"}
)

func company(key string, headquarters jurisdiction.Code, ids ...ownership.Identifier) ownership.Party {
	return ownership.Party{Key: key, Name: "Name of " + key, Type: ownership.Company, Identifiers: ids, Source: "source of " + key,
		Jurisdictions: ownership.Jurisdictions{Headquarters: headquarters}}
}

func holds(holder, subject ownership.Ref, whole ownership.Percent, source string) ownership.Interest {
	return ownership.Interest{Holder: holder, Subject: subject, Share: ownership.Share{Lower: whole * percent, Upper: whole * percent}, Source: source}
}

func byKey(key string) ownership.Ref { return ownership.Ref{Key: key} }

func byID(id ownership.Identifier) ownership.Ref { return ownership.Ref{Identifier: id} }

func find(t *testing.T, g *ownership.Graph, r ownership.Ref) ownership.Node {
	t.Helper()
	n, ok := g.Find(r)
	if !ok {
		t.Fatalf("there is no party %v", r)
	}
	return n
}

func TestALegalEntityWinsOverARegisterBasisByBasis(t *testing.T) {
	register := layer(ownership.Party{Key: "r1", Name: "LANTERN SG PTE", Type: ownership.Company, Identifiers: []ownership.Identifier{leiA, gbB}, Source: "statement 1",
		Jurisdictions: ownership.Jurisdictions{Incorporation: "SG", Headquarters: "CN"}}).Named("bods")
	for name, tc := range map[string]struct {
		reason   string
		entity   ownership.Jurisdictions
		want     ownership.Jurisdictions
		problems []string
	}{
		"Headquarters": {
			"what the LegalEntity says counts, and only that", ownership.Jurisdictions{Headquarters: "HK"},
			ownership.Jurisdictions{Incorporation: "SG", Headquarters: "HK"}, []string{ownership.ProblemConflictingJurisdiction},
		},
		"Nothing": {
			"on the other bases the register counts", ownership.Jurisdictions{},
			ownership.Jurisdictions{Incorporation: "SG", Headquarters: "CN"}, nil,
		},
		"Finer": {
			"a part of a country is no contradiction", ownership.Jurisdictions{Headquarters: "CN-GD"},
			ownership.Jurisdictions{Incorporation: "SG", Headquarters: "CN-GD"}, nil,
		},
	} {
		entity := ownership.Party{Key: "entity/lantern-sg", Name: "Lantern Singapore", Type: ownership.Company,
			Identifiers: []ownership.Identifier{leiA}, Jurisdictions: tc.entity, Source: "LegalEntity lantern-sg"}
		g := ownership.NewGraph(register, layer(entity))
		n := find(t, g, byID(gbB))
		want := ownership.Party{
			Key: "entity/lantern-sg", Name: "Lantern Singapore", Type: ownership.Company, Source: "LegalEntity lantern-sg", Jurisdictions: tc.want,
			Identifiers: []ownership.Identifier{gbB, leiA, {Scheme: "OREG.BODS", ID: "r1"}},
		}
		if diff := cmp.Diff(want, g.Party(n)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", name, tc.reason, diff)
		}
		if g.Label(n) != "entity/lantern-sg" || find(t, g, byKey("entity/lantern-sg")) != n || !g.Loaded(n) {
			t.Errorf("%s: the party is not known under its key", name)
		}
		var reasons []string
		for _, p := range g.Problems() {
			reasons = append(reasons, p.Reason)
		}
		if diff := cmp.Diff(tc.problems, reasons); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", name, diff)
		}
	}
}

func TestAnIdentifierOfALegalEntityJoinsTwoPartiesOfTheRegisters(t *testing.T) {
	// The register knows leiA and gbB as two companies, which hold 30 each of t,
	// and each other; seed holds half of each.
	register := layer(
		company("a", "SG", leiA), company("b", "SG", gbB), company("t", "SG"), company("seed", "CN"),
		holds(byKey("seed"), byKey("a"), 60, "1"), holds(byKey("a"), byKey("t"), 30, "2"),
		holds(byKey("b"), byKey("t"), 30, "3"), holds(byKey("b"), byKey("a"), 5, "4"),
	)
	joined := ownership.Party{Key: "entity/ab", Type: ownership.Company, Identifiers: []ownership.Identifier{leiA, gbB}}
	start := func(g *ownership.Graph) ownership.Start {
		return g.Start("CN", true, func(p ownership.Profile) ownership.Standing {
			return ownership.Standing{Seed: p.Jurisdictions.Headquarters == "CN", Countries: []jurisdiction.Code{"CN"}}
		})
	}
	for name, tc := range map[string]struct {
		reason string
		top    *ownership.Layer
		want   bool
	}{
		"Apart": {"only a is restricted, and has 30 % of t", nil, false},
		// One holder with two records of 30 % has 30 % at least.
		"Joined": {"two records of one holder are not added up", layer(joined), false},
		"More":   {"b's part is that of a", layer(joined, holds(byID(gbB), byKey("t"), 55, "5")), true},
	} {
		g := ownership.NewGraph(register, tc.top)
		o := g.At(anyDay).Trace(defaults, start(g))
		if got := o.Definite(find(t, g, byKey("t"))); got != tc.want {
			t.Errorf("%s: restricted %t: %s", name, got, tc.reason)
		}
		if tc.top == nil {
			continue
		}
		a, b := find(t, g, byID(leiA)), find(t, g, byID(gbB))
		if a != b || !o.Definite(a) {
			t.Errorf("%s: a is %d, b %d, restricted %t; want one restricted party", name, a, b, o.Definite(a))
		}
		for _, h := range g.At(anyDay).Holdings(find(t, g, byKey("t"))) {
			if h.Holder != a {
				t.Errorf("%s: %s holds a part of t", name, g.Label(h.Holder))
			}
		}
		if problems := g.Problems(); len(problems) != 1 || problems[0].Reason != ownership.ProblemSelfHolding {
			t.Errorf("%s: problems %v, want that the party holds an interest in itself", name, problems)
		}
	}
}

func TestANamedLayerHasItsOwnSchemeAndSources(t *testing.T) {
	l := layer(company("1", "SG"), company("2", "SG", leiA), holds(byKey("1"), byKey("2"), 10, "statement 9")).Named("uk-psc")
	g := ownership.NewGraph(l, nil)
	own := func(id string) ownership.Ref {
		return byID(ownership.Identifier{Scheme: ownership.RegisterScheme("uk-psc"), ID: id})
	}
	n := find(t, g, own("2"))
	if g.Label(find(t, g, own("1"))) != "OREG.UK-PSC:1" || g.Label(n) != "LEI:"+leiA.ID {
		t.Errorf("labels are %s and %s", g.Label(find(t, g, own("1"))), g.Label(n))
	}
	if _, found := g.Find(byKey("1")); found {
		t.Error("a number of the register is a key")
	}
	holdings := g.At(anyDay).Holdings(n)
	if len(holdings) != 1 || holdings[0].Records[0].Source != "OwnershipRegister uk-psc: statement 9" || g.Party(n).Source != "OwnershipRegister uk-psc: source of 2" {
		t.Errorf("sources don't name the register: %v, %s", holdings, g.Party(n).Source)
	}
	// Two registers with the same numbers mean different parties.
	other := layer(company("1", "CN")).Named("other")
	merged := ownership.NewGraph(ownership.Merge(l, other), nil)
	if find(t, merged, own("1")) == find(t, merged, byID(ownership.Identifier{Scheme: "oreg.other", ID: "1"})) {
		t.Error("the first party of one register is that of another one")
	}
	if got := merged.At(anyDay).Holdings(find(t, merged, byID(leiA)))[0].Sources[0]; got != "OwnershipRegister uk-psc: statement 9" {
		t.Errorf("after merging the source is %q", got)
	}
}

func TestAPartyThatArrivesLaterIsTheOneThatWasReferredTo(t *testing.T) {
	register := layer(company("t", "SG"), holds(byID(leiA), byKey("t"), 60, "1"))
	before := ownership.NewGraph(register, nil)
	if n := find(t, before, byID(leiA)); before.Loaded(n) || len(before.Problems()) != 1 || !strings.Contains(before.Problems()[0].Message, "nowhere declared") {
		t.Errorf("loaded %t, problems %v before it arrives", before.Loaded(n), before.Problems())
	}
	after := ownership.NewGraph(register, layer(company("entity/a", "CN", leiA)))
	if n := find(t, after, byID(leiA)); !after.Loaded(n) || len(after.Problems()) != 0 || after.Party(n).Jurisdictions.Headquarters != "CN" {
		t.Errorf("loaded %t, problems %v after it has arrived", after.Loaded(n), after.Problems())
	}
}

func TestALegalEntityAddsToWhatIsHeldByTheRegistersAlone(t *testing.T) {
	// Of t, x holds 30 % and a 30 %; of u, a holds 30 % and t the rest.
	register := layer(
		company("x", "CN"), company("a", "SG", leiA), company("t", "SG"), company("u", "SG"),
		holds(byKey("x"), byKey("t"), 30, "1"), holds(byKey("a"), byKey("t"), 30, "2"), holds(byKey("a"), byKey("u"), 30, "3"), holds(byKey("t"), byKey("u"), 70, "4"),
	)
	for _, tc := range []struct {
		reason, headquarters string
		want                 bool
	}{
		{"the register's a is clear", "", false},
		{"the LegalEntity says that a sits in CN", "CN", true},
		{"the next one says that it does not", "NL", false},
	} {
		g := ownership.NewGraph(register, layer(company("entity/a", jurisdiction.Code(tc.headquarters), leiA)))
		o := g.At(anyDay).Trace(defaults, g.Start("CN", true, func(p ownership.Profile) ownership.Standing {
			return ownership.Standing{Seed: p.Jurisdictions.Headquarters == "CN"}
		}))
		for _, party := range []string{"t", "u"} {
			if n := find(t, g, byKey(party)); o.Definite(n) != tc.want || o.Possible(n) != tc.want {
				t.Errorf("%s: definite %t, possible %t, want %t: %s", party, o.Definite(n), o.Possible(n), tc.want, tc.reason)
			}
		}
	}
}

func TestWhatALegalEntityIsDecidesWhetherAnythingIsUndisclosed(t *testing.T) {
	person := func(key string, nationality jurisdiction.Code) ownership.Party {
		return ownership.Party{Key: key, Type: ownership.Person, Jurisdictions: ownership.Jurisdictions{Nationality: []jurisdiction.Code{nationality}}}
	}
	// 40 % of c are held from CN, and 20 % by nobody who has declared it.
	register := layer(person("x", "CN"), person("y", "NL"), company("c", "SG", leiA), holds(byKey("x"), byKey("c"), 40, "1"), holds(byKey("y"), byKey("c"), 40, "2"))
	rule := defaults
	rule.UndisclosedPossible = true
	for _, tc := range []struct {
		reason string
		is     ownership.PartyType
		want   bool
	}{
		{"a company may have owners that nobody has declared", ownership.Company, true},
		{"nobody owns a person", ownership.Person, false},
	} {
		entity := company("entity/c", "", leiA)
		entity.Type = tc.is
		g := ownership.NewGraph(register, layer(entity))
		o := g.At(anyDay).Trace(rule, g.Start("CN", true, func(p ownership.Profile) ownership.Standing {
			return ownership.Standing{Seed: len(p.Jurisdictions.Nationality) > 0 && p.Jurisdictions.Nationality[0] == "CN"}
		}))
		if n := find(t, g, byID(leiA)); o.Possible(n) != tc.want {
			t.Errorf("possible %t, want %t: %s", o.Possible(n), tc.want, tc.reason)
		}
	}
}
