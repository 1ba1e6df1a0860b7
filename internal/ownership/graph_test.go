package ownership_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

func lantern(scheme, id string) ownership.Identifier {
	return ownership.Identifier{Scheme: scheme, ID: id}
}

func TestPartiesThatShareAnIdentifierAreOne(t *testing.T) {
	g := graphtest.World{
		Parties: []ownership.Party{
			{
				Key: "register/7", Name: "LANTERN SINGAPORE", Type: ownership.Company, Source: "register",
				Identifiers:   []ownership.Identifier{lantern("lei", " 00lanternsg000000007 "), lantern("ZZ-TEST", "T1")},
				Jurisdictions: ownership.Jurisdictions{Headquarters: "CN", Residence: []jurisdiction.Code{"SG"}},
			},
			{
				Key: "entity/lantern-sg", Name: "Lantern Singapore Pte. Ltd.", Source: "entity/lantern-sg",
				Identifiers:   []ownership.Identifier{lantern("LEI", "00LANTERNSG000000007"), lantern("", "x"), lantern("x", " ")},
				Jurisdictions: ownership.Jurisdictions{Incorporation: "SG", Headquarters: "SG", Residence: []jurisdiction.Code{"HK", "SG"}},
			},
			{Key: "entity/third", Identifiers: []ownership.Identifier{lantern("ZZ-TEST", "T1")}},
			{Key: "entity/other", Identifiers: []ownership.Identifier{lantern("zz-test", "t1"), lantern("", "x"), lantern("x", "")}},
		},
	}.Graph()
	if g.Len() != 2 {
		t.Fatalf("there are %d parties, want 2: IDs of schemes that nobody knows keep their case, and empty ones join nobody", g.Len())
	}
	first := graphtest.Node(t, g, "register/7")
	for _, r := range []ownership.Ref{
		{Key: "entity/lantern-sg"}, {Key: "entity/third"},
		{Identifier: lantern("LEI", "00lanternsg000000007")}, {Identifier: lantern(" zz-test ", "T1 ")},
	} {
		if n, ok := g.Find(r); !ok || n != first {
			t.Errorf("Find(%v) = %d, %t; want %d", r, n, ok, first)
		}
	}
	want := ownership.Party{
		Key: "entity/lantern-sg", Name: "Lantern Singapore Pte. Ltd.", Type: ownership.Company, Source: "entity/lantern-sg",
		Identifiers: []ownership.Identifier{lantern("LEI", "00LANTERNSG000000007"), lantern("ZZ-TEST", "T1")},
		Jurisdictions: ownership.Jurisdictions{
			Incorporation: "SG", Headquarters: "SG", OtherHeadquarters: []jurisdiction.Code{"CN"},
			Residence: []jurisdiction.Code{"HK", "SG"},
		},
	}
	if diff := cmp.Diff(want, g.Party(first)); diff != "" {
		t.Errorf("merged party (-want +got):\n%s", diff)
	}
	wantProblems := []ownership.Problem{{
		Party: "entity/lantern-sg", Reason: ownership.ProblemConflictingJurisdiction,
		Message: `"entity/lantern-sg" is declared with headquarters in SG and in CN: both count`,
	}}
	if diff := cmp.Diff(wantProblems, g.Problems()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestPartiesThatNobodyDeclares(t *testing.T) {
	var b ownership.Builder
	b.AddInterest(ownership.Interest{
		Holder: ownership.Ref{Identifier: lantern("lei", "00lanternsg000000007")}, Subject: ownership.Ref{Key: "entity/ghost"},
		Share: ownership.UnknownShare, Source: "filing",
	})
	b.AddInterest(ownership.Interest{
		Holder: ownership.Ref{Identifier: lantern("LEI", "00LANTERNSG000000007")}, Subject: ownership.Ref{Key: "entity/known"},
	})
	b.AddParty(ownership.Party{Key: "entity/known"})
	g := b.Build()
	type party struct {
		Label  string
		Loaded bool
		Party  ownership.Party
	}
	var got []party
	for n := range ownership.Node(g.Len()) {
		got = append(got, party{g.Label(n), g.Loaded(n), g.Party(n)})
	}
	want := []party{
		{"entity/ghost", false, ownership.Party{Key: "entity/ghost"}},
		{"entity/known", true, ownership.Party{Key: "entity/known"}},
		{"LEI:00LANTERNSG000000007", false, ownership.Party{Identifiers: []ownership.Identifier{lantern("LEI", "00LANTERNSG000000007")}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parties (-want +got):\n%s", diff)
	}
	if n, ok := g.Find(ownership.Ref{Key: "entity/nobody"}); ok {
		t.Errorf("Find of somebody that nobody refers to is %d", n)
	}
	if n, ok := g.Find(ownership.Ref{}); ok {
		t.Errorf("Find of nobody is %d", n)
	}
}

func TestProblems(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	a, b := ownership.Ref{Key: "a"}, ownership.Ref{Key: "b"}
	sixty := ownership.Share{Lower: 60 * percent, Upper: 60 * percent}
	held := func(holder ownership.Ref, source string) ownership.Interest {
		return ownership.Interest{Holder: holder, Subject: a, Share: sixty, Source: source}
	}
	tests := map[string]struct {
		reason string
		world  graphtest.World
		want   []string // reason, party: message
	}{
		"Fine": {
			reason: "no more than 100 % of each kind, at each time, is no problem",
			world: graphtest.World{
				Parties: []ownership.Party{{Key: "a"}, {Key: "b"}, {Key: "c"}},
				Interests: []ownership.Interest{
					{Holder: b, Subject: a, Share: sixty, Until: day(2)}, {Holder: b, Subject: a, Share: sixty, Until: day(1)},
					{Holder: ownership.Ref{Key: "c"}, Subject: a, Share: sixty, Since: day(2)},
					{Holder: b, Subject: a, Share: sixty, Kind: ownership.VotingRights}, {Holder: b, Subject: a, Kind: ownership.Control},
				},
			},
		},
		"SameDeclarationTwice": {
			reason: "saying the same twice is no contradiction, and a place within a place is none",
			world: graphtest.World{Parties: []ownership.Party{
				{Key: "a", Name: "A"}, {Key: "a", Name: "A"},
				{Key: "b", Identifiers: []ownership.Identifier{lei(0)}, Jurisdictions: ownership.Jurisdictions{Headquarters: "CN"}},
				{Key: "c", Identifiers: []ownership.Identifier{lei(0)}, Jurisdictions: ownership.Jurisdictions{Headquarters: "CN-BJ"}},
				{Key: "d", Identifiers: []ownership.Identifier{lei(1)}, Jurisdictions: ownership.Jurisdictions{Incorporation: "CN-BJ"}},
				{Key: "e", Identifiers: []ownership.Identifier{lei(1)}, Jurisdictions: ownership.Jurisdictions{Incorporation: "CN"}},
			}},
		},
		"Contradictions": {
			reason: "one key with different data, and one party of two sorts in two countries",
			world: graphtest.World{Parties: []ownership.Party{
				{Key: "a", Name: "A", Source: "s1"}, {Key: "a", Name: "B", Source: "s2"},
				{Key: "b", Type: ownership.Company, Source: "s1", Identifiers: []ownership.Identifier{lei(0)}, Jurisdictions: ownership.Jurisdictions{Incorporation: "SG"}},
				{Key: "c", Type: ownership.Person, Source: "s2", Identifiers: []ownership.Identifier{lei(0)}, Jurisdictions: ownership.Jurisdictions{Incorporation: "HK"}},
			}},
			want: []string{
				`DuplicateKey, a: "a" is declared twice with different data, by sources "s1" and "s2"`,
				`ConflictingType, b: "b" is declared as different sorts of party, by sources "s1" and "s2": the first counts`,
				`ConflictingJurisdiction, b: "b" is declared with incorporation in SG and in HK: both count`,
			},
		},
		"Interests": {
			reason: "what is left out is told, and by which source",
			world: graphtest.World{
				Parties: []ownership.Party{{Key: "a", Identifiers: []ownership.Identifier{lei(1)}}, {Identifiers: []ownership.Identifier{lei(0), lei(1)}}, {Key: "b"}, {Name: "No Key", Source: "s0"}},
				Interests: []ownership.Interest{
					held(ownership.Ref{Identifier: lei(0)}, "s1"),
					{Holder: b, Subject: a, Since: day(3), Until: day(3), Source: "s2"},
					{Holder: b, Subject: a, Share: ownership.Share{Lower: 2, Upper: 1}, Source: "s3"},
					{Holder: ownership.Ref{Identifier: lantern("LEI", "")}, Subject: a},
					held(ownership.Ref{Key: "ghost"}, "s4"), {Holder: ownership.Ref{Key: "ghost"}, Subject: b},
				},
			},
			want: []string{
				`InvalidReference, : a party named "No Key" of source "s0" has neither a key nor an identifier: it is left out`,
				`InvalidReference, : 1 interests have no holder or no subject: they are left out`,
				`SelfHolding, a: "a" holds an interest in itself, because several declarations are of one party (source "s1"): it counts as possible own shares`,
				`InvalidShare, a: the share of "b" in "a" (source "s3") is no range within 0 and 100 %: it counts as unknown`,
				`InvalidPeriod, a: the interest of "b" in "a" (source "s2") ends on the day it begins or before: it is left out`,
				`PartyNotLoaded, ghost: "ghost" is nowhere declared, but has a part in 2 interests, such as that of "ghost" in "a" (source "s4")`,
			},
		},
		"MoreThanWhole": {
			reason: "two who certainly hold more than everything, on the days on which both hold it",
			world: graphtest.World{
				Parties: []ownership.Party{{Key: "a"}, {Key: "b"}, {Key: "c"}},
				Interests: []ownership.Interest{
					held(b, "s1"), held(b, "s2"),
					{Holder: ownership.Ref{Key: "c"}, Subject: a, Share: ownership.Share{Lower: 41 * percent, Upper: 50 * percent}, Since: day(5), Until: day(7)},
					{Holder: ownership.Ref{Key: "c"}, Subject: a, Share: ownership.Share{Lower: 30 * percent, Upper: 50 * percent}, Since: day(1)},
					{Holder: b, Subject: ownership.Ref{Key: "c"}, Share: sixty, Kind: ownership.VotingRights},
					{Holder: a, Subject: ownership.Ref{Key: "c"}, Share: sixty, Kind: ownership.VotingRights},
				},
			},
			want: []string{
				`MoreThanWhole, a: the holders of Shareholding in "a" certainly hold 101 % together on 2026-01-05`,
				`MoreThanWhole, c: the holders of VotingRights in "c" certainly hold 120 % together at any time`,
			},
		},
		"LongNames": {
			reason: "messages are bounded and printable whatever the names are",
			world: graphtest.World{
				Parties: []ownership.Party{
					{Key: strings.Repeat("é", 500), Identifiers: []ownership.Identifier{lei(1)}}, {Identifiers: []ownership.Identifier{lei(0), lei(1)}},
				},
				Interests: []ownership.Interest{{Holder: ownership.Ref{Identifier: lei(0)}, Subject: ownership.Ref{Key: strings.Repeat("é", 500)}, Source: "\x00"}},
			},
			want: []string{
				`SelfHolding, ` + strings.Repeat("é", 500) + `: "` + strings.Repeat("é", 50) + `"… holds an interest in itself, because several declarations are of one party (source "\x00"): it counts as possible own shares`,
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := tc.world.Graph()
			var got []string
			for _, p := range g.Problems() {
				got = append(got, fmt.Sprintf("%s, %s: %s", p.Reason, p.Party, p.Message))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestProblemsAreBounded(t *testing.T) {
	var b ownership.Builder
	for n := range 1500 {
		alias := ownership.Identifier{Scheme: "ZZ-TEST", ID: fmt.Sprint(n)}
		link := ownership.Identifier{Scheme: "ZZ-LINK", ID: fmt.Sprint(n)}
		b.AddParty(ownership.Party{Key: key(n), Identifiers: []ownership.Identifier{link}})
		b.AddParty(ownership.Party{Identifiers: []ownership.Identifier{link, alias}})
		b.AddInterest(ownership.Interest{Holder: ownership.Ref{Identifier: alias}, Subject: ownership.Ref{Key: key(n)}})
	}
	b.AddParty(ownership.Party{Key: "twice", Name: "one"})
	b.AddParty(ownership.Party{Key: "twice", Name: "two"})
	g := b.Build()
	reasons := map[string]int{}
	for _, p := range g.Problems() {
		reasons[p.Reason]++
	}
	want := map[string]int{ownership.ProblemDuplicateKey: 1, ownership.ProblemSelfHolding: 1000}
	if diff := cmp.Diff(want, reasons); diff != "" || g.ProblemsLeftOut() != 500 {
		t.Errorf("%d problems are left out, want 500; listed (-want +got):\n%s", g.ProblemsLeftOut(), diff)
	}
}

func TestAnEmptyGraphAnswers(t *testing.T) {
	var b ownership.Builder
	g := b.Build()
	v := g.At(anyDay)
	o := v.Trace(defaults, ownership.Start{})
	_, from := v.From()
	_, until := v.Until()
	if g.Len() != 0 || len(g.Problems()) != 0 || from || until || o == nil || v.Graph() != g {
		t.Error("an empty graph is not empty")
	}
}
