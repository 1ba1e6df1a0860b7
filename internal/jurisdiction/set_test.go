package jurisdiction_test

import (
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// codes parses a list such as "CN RU".
func codes(t *testing.T, list string) []jurisdiction.Code {
	t.Helper()
	var all []jurisdiction.Code
	for _, s := range strings.Fields(list) {
		c, err := jurisdiction.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func TestTheMostSpecificEntryDecides(t *testing.T) {
	tests := map[string]struct {
		reason             string
		blocked, supported string
		yes, no            string
	}{
		"BlockedCountry": {
			reason:  "a country stands for its subdivisions, and for nobody else",
			blocked: "CN", yes: "CN CN-BJ", no: "SG RU",
		},
		"HongKongMacaoTaiwan": {
			reason:  "CN never implies the places that have codes of their own, however they are written",
			blocked: "CN", no: "HK MO TW CN-HK CN-MO CN-TW TW-TPE",
		},
		"TaiwanAsSubdivision": {
			reason:  "both ways of writing a place are the same entry",
			blocked: "CN-TW", yes: "TW CN-TW TW-TPE", no: "CN",
		},
		"UkraineExcept": {
			reason:  "a blocked subdivision of a supported country",
			blocked: "UA-43 UA-40 UA-14 UA-09", supported: "UA SG",
			yes: "UA-43 UA-40 UA-14 UA-09 CN", no: "UA UA-46 SG",
		},
		"OnlyTheCountryIsKnown": {
			reason:  "a party known only as UA matches only UA",
			blocked: "UA-43", no: "UA UA-46", yes: "UA-43",
		},
		"SupportedSubdivisionOfBlockedCountry": {
			reason:  "the exception works the other way round, too",
			blocked: "IQ", supported: "IQ-KR", yes: "IQ IQ-BG SG", no: "IQ-KR",
		},
		"SubdivisionOfTheSecondLevel": {
			reason:  "a province is part of its region before it is part of its country",
			blocked: "ES-CT", supported: "ES", yes: "ES-CT ES-B", no: "ES ES-M",
		},
		"ProvinceDespiteRegion": {
			reason:  "three levels: the nearest entry wins",
			blocked: "ES-CT", supported: "ES ES-B", yes: "ES-CT ES-GI", no: "ES ES-B",
		},
		"Nations": {
			reason:  "each place in the United Kingdom is part of its nation, of Great Britain, and of the state",
			blocked: "GB-SCT", yes: "GB-SCT GB-EDH GB-ABD", no: "GB GB-GBN GB-ENG GB-LND GB-EAW",
		},
		"EnglandAndWales": {
			reason:  "the jurisdiction of most companies of the United Kingdom has two nations",
			blocked: "GB-EAW", yes: "GB-EAW GB-ENG GB-WLS GB-LND GB-CRF", no: "GB GB-SCT GB-EDH GB-NIR GB-BFS GB-GBN",
		},
		"GreatBritain": {
			reason:  "it is the United Kingdom without Northern Ireland",
			blocked: "GB-GBN", yes: "GB-GBN GB-EAW GB-SCT GB-EDH GB-LND", no: "GB GB-UKM GB-NIR GB-BFS",
		},
		"UnitedKingdom": {
			reason:  "the code of the whole as a part is the code of the whole",
			blocked: "GB-UKM", yes: "GB GB-UKM GB-LND GB-BFS", no: "IM JE GG",
		},
		"NationDespiteCountry": {
			reason:  "a nation may be supported in a blocked country, and a city blocked in that",
			blocked: "GB GB-EDH", supported: "GB-SCT", yes: "GB GB-ENG GB-LND GB-EDH GB-GBN SG", no: "GB-SCT GB-ABD",
		},
		"FrenchRegions": {
			reason:  "a department is part of its region, in Alsace through the collectivity",
			blocked: "FR-GES FR-IDF", yes: "FR-GES FR-6AE FR-67 FR-68 FR-51 FR-75C", no: "FR FR-69 FR-69M FR-20R FR-2A",
		},
		"Corsica": {
			reason:  "its departments are part of it",
			blocked: "FR-20R", yes: "FR-20R FR-2A FR-2B", no: "FR FR-PAC",
		},
		"BelgianRegions": {
			reason:  "a province is part of its region",
			blocked: "BE-VLG", yes: "BE-VLG BE-VAN BE-VBR", no: "BE BE-BRU BE-WLG",
		},
		"ItalianRegions": {
			reason:  "a province is part of its region",
			blocked: "IT-25", yes: "IT-25 IT-MI", no: "IT IT-21",
		},
		"IndonesianIslands": {
			reason:  "a province is part of its group of islands",
			blocked: "ID-PP", yes: "ID-PP ID-PA ID-PB", no: "ID ID-JK",
		},
		"KurdistanOfIraq": {
			reason:  "its governorates are part of the region",
			blocked: "IQ-KR", yes: "IQ-KR IQ-AR IQ-DA IQ-SU", no: "IQ IQ-BG",
		},
		"OnlySupported": {
			reason:    "what no list mentions is blocked if there is a supported list",
			supported: "SG UA-46", yes: "CN UA UA-43 HK XK", no: "SG UA-46 SG-01",
		},
		"Bonaire": {
			reason:  "NL does not imply the islands; BQ stands for the three",
			blocked: "BQ", yes: "NL-BQ1 BQ-SA BQ", no: "NL AW",
		},
		"Empty": {reason: "no lists block nothing", no: "CN SG"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := jurisdiction.NewSet(codes(t, tc.blocked), codes(t, tc.supported))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range codes(t, tc.yes) {
				if !set.Blocks(c) {
					t.Errorf("%s: %s is not blocked by %s", tc.reason, c, set)
				}
			}
			for _, c := range codes(t, tc.no) {
				if set.Blocks(c) {
					t.Errorf("%s: %s is blocked by %s", tc.reason, c, set)
				}
			}
			if set.Blocks("") {
				t.Errorf("%s blocks what is not known", set)
			}
		})
	}
	if (jurisdiction.Set{}).Blocks("CN") {
		t.Error("the zero Set blocks CN")
	}
}

func TestNewSetRefusesContradictions(t *testing.T) {
	tests := map[string]struct {
		reason             string
		blocked, supported []jurisdiction.Code
		want               string
	}{
		"Both":         {"no entry is more specific", codes(t, "CN RU"), codes(t, "SG RU"), "RU (Russian Federation) is both blocked and supported"},
		"BothWays":     {"HK and CN-HK are one place", codes(t, "HK"), codes(t, "CN-HK"), "HK (Hong Kong) is both blocked and supported"},
		"NotCanonical": {"a Code that was not parsed would never match", []jurisdiction.Code{"CN-HK"}, nil, `"CN-HK" is not a canonical code`},
		"NoCode":       {"the zero Code is no entry", nil, []jurisdiction.Code{""}, `"" is not a canonical code`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := jurisdiction.NewSet(tc.blocked, tc.supported)
			if err == nil || err.Error() != tc.want {
				t.Errorf("%s: NewSet = %s, %v; want error %q", tc.reason, set, err, tc.want)
			}
		})
	}
}

func TestEqualSetsHaveEqualStrings(t *testing.T) {
	a, err := jurisdiction.NewSet(codes(t, "RU CN CN"), codes(t, "SG"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := jurisdiction.NewSet(codes(t, "CN RU"), codes(t, "SG SG"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "blocked: CN RU; supported: SG"; a.String() != want || b.String() != want {
		t.Errorf("String is %q and %q, want %q", a, b, want)
	}
	if got, want := (jurisdiction.Set{}).String(), "blocked:; supported:"; got != want {
		t.Errorf("String of the zero Set is %q, want %q", got, want)
	}
}
