package graphtest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

func TestParseReadsTheNotation(t *testing.T) {
	got, err := graphtest.Parse(`
		acme < 75 holdco; holdco:SG,CN-HK < (25,50] state:CN # the state itself
		acme < votes ? ann/person:RU 2026-01-01..2026-07-01 "filing"; acme < control ?ghost ..2026-07-01
		acme:SG; acme < 10 holdco class:a joint:b unsaid; acme < 20 holdco indirect; acme < 30 ann through:holdco,?ghost; isle:!Atlantis,SG,!Old|CN|RU`)
	if err != nil {
		t.Fatal(err)
	}
	day := func(month time.Month) time.Time { return time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC) }
	ref := func(key string) ownership.Ref { return ownership.Ref{Key: key} }
	want := graphtest.World{
		Parties: []ownership.Party{
			{Key: "acme", Name: "acme", Type: ownership.Company, Jurisdictions: ownership.Jurisdictions{Headquarters: "SG"}},
			{Key: "holdco", Name: "holdco", Type: ownership.Company, Jurisdictions: ownership.Jurisdictions{Incorporation: "SG", Headquarters: "HK"}},
			{Key: "state:CN", Name: "state:CN", Type: ownership.State, Jurisdictions: ownership.Jurisdictions{Incorporation: "CN"}},
			{Key: "ann", Name: "ann", Type: ownership.Person, Jurisdictions: ownership.Jurisdictions{Nationality: []jurisdiction.Code{"RU"}}},
			{Key: "isle", Name: "isle", Type: ownership.Company, Jurisdictions: ownership.Jurisdictions{
				Headquarters: "SG",
				Unread:       []ownership.Unread{{Text: "Atlantis"}, {Text: "Old", Candidates: []jurisdiction.Code{"CN", "RU"}}},
			}},
		},
		Interests: []ownership.Interest{
			{Subject: ref("acme"), Holder: ref("holdco"), Share: ownership.Share{Lower: 750_000_000, Upper: 750_000_000}, Directness: ownership.Direct},
			{Subject: ref("holdco"), Holder: ref("state:CN"), Share: ownership.Share{Lower: 250_000_001, Upper: 500_000_000}, Directness: ownership.Direct},
			{Subject: ref("acme"), Holder: ref("ann"), Kind: ownership.VotingRights, Share: ownership.UnknownShare, Since: day(1), Until: day(7), Source: "filing", Directness: ownership.Direct},
			{Subject: ref("acme"), Holder: ref("ghost"), Kind: ownership.Control, Until: day(7), Directness: ownership.Direct},
			{Subject: ref("acme"), Holder: ref("holdco"), Share: ownership.Share{Lower: 100_000_000, Upper: 100_000_000}, Class: "a", Joint: "b"},
			{Subject: ref("acme"), Holder: ref("holdco"), Share: ownership.Share{Lower: 200_000_000, Upper: 200_000_000}, Directness: ownership.Indirect},
			{
				Subject: ref("acme"), Holder: ref("ann"), Share: ownership.Share{Lower: 300_000_000, Upper: 300_000_000},
				Directness: ownership.Indirect, Through: []ownership.Ref{ref("holdco"), ref("ghost")},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, text := range []string{
		"a <", "a < 50", "a < votes", "a < control", "a < 101 b", "a < 50 b yesterday", "a < 50 b 2026-13-01..",
		"a < 50 b ..tomorrow", "a/ship", ":CN", "a:ZZ", "a < 50 b:ZZ",
	} {
		if w, err := graphtest.Parse(text); err == nil {
			t.Errorf("%q is read as %+v", text, w)
		}
	}
}
