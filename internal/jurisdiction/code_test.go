package jurisdiction_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

func TestParseReturnsTheCanonicalCode(t *testing.T) {
	tests := map[string]struct {
		reason string
		want   jurisdiction.Code
	}{
		"SG":     {"a country", "SG"},
		"XK":     {"the one user-assigned code that is read", "XK"},
		"UA-43":  {"a subdivision with digits", "UA-43"},
		"RU-MOW": {"a subdivision with letters", "RU-MOW"},
		"CV-B":   {"a subdivision of one letter", "CV-B"},
		"FR-CP":  {"Clipperton is only reserved in 3166-1, so it stays a part of FR", "FR-CP"},
		"MA-BOD": {"Morocco's list claims what is also in EH; the two are not one place", "MA-BOD"},
		"TW-TPE": {"a subdivision of a place that CN lists too", "TW-TPE"},
		"HK":     {"its own code", "HK"},
		"CN-HK":  {"listed under CN, and by itself", "HK"},
		"CN-MO":  {"listed under CN, and by itself", "MO"},
		"CN-TW":  {"listed under CN, and by itself", "TW"},
		"FI-01":  {"Åland", "AX"},
		"FR-971": {"Guadeloupe", "GP"},
		"FR-972": {"Martinique", "MQ"},
		"FR-973": {"Guyane", "GF"},
		"FR-974": {"La Réunion", "RE"},
		"FR-976": {"Mayotte", "YT"},
		"FR-GP":  {"former code of FR-971", "GP"},
		"FR-MQ":  {"former code of FR-972", "MQ"},
		"FR-GF":  {"former code of FR-973", "GF"},
		"FR-RE":  {"former code of FR-974", "RE"},
		"FR-YT":  {"former code of FR-976", "YT"},
		"FR-BL":  {"Saint-Barthélemy", "BL"},
		"FR-MF":  {"Saint-Martin", "MF"},
		"FR-NC":  {"Nouvelle-Calédonie", "NC"},
		"FR-PF":  {"Polynésie française", "PF"},
		"FR-PM":  {"Saint-Pierre-et-Miquelon", "PM"},
		"FR-TF":  {"Terres australes françaises", "TF"},
		"FR-WF":  {"Wallis-et-Futuna", "WF"},
		"NL-AW":  {"Aruba", "AW"},
		"NL-CW":  {"Curaçao", "CW"},
		"NL-SX":  {"Sint Maarten", "SX"},
		"NL-BQ1": {"Bonaire is one of three parts of BQ", "BQ-BO"},
		"NL-BQ2": {"Saba is one of three parts of BQ", "BQ-SA"},
		"NL-BQ3": {"Sint Eustatius is one of three parts of BQ", "BQ-SE"},
		"NO-21":  {"Svalbard: SJ has no parts", "SJ"},
		"NO-22":  {"Jan Mayen: SJ has no parts", "SJ"},
		"US-AS":  {"American Samoa", "AS"},
		"US-GU":  {"Guam", "GU"},
		"US-MP":  {"Northern Mariana Islands", "MP"},
		"US-PR":  {"Puerto Rico", "PR"},
		"US-UM":  {"outlying islands", "UM"},
		"US-VI":  {"Virgin Islands", "VI"},
	}
	for in, tc := range tests {
		t.Run(in, func(t *testing.T) {
			got, err := jurisdiction.Parse(in)
			if err != nil || got != tc.want {
				t.Errorf("%s: Parse(%q) = %q, %v; want %q", tc.reason, in, got, err, tc.want)
			}
		})
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	tests := map[string]struct {
		reason string
		want   string
	}{
		"":                       {"nothing at all", `empty code: an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43) is required`},
		"cn":                     {"lower case is a typing error, and easy to put right", `"cn" is not written as a code: use CN (China)`},
		" CN":                    {"white space must be seen", `" CN" is not written as a code: use CN (China)`},
		"ua_43":                  {"the form of some databases", `"ua_43" is not written as a code: use UA-43 (Avtonomna Respublika Krym)`},
		"cn-hk":                  {"what is suggested is canonical", `"cn-hk" is not written as a code: use HK (Hong Kong)`},
		"CHN":                    {"alpha-3", `"CHN" is an alpha-3 code: use the alpha-2 code CN (China)`},
		"XXX":                    {"no alpha-3 code", `"XXX" has three letters: use an ISO 3166-1 alpha-2 code (SG)`},
		"China":                  {"a name", `"China" is not a code: use CN (China)`},
		"Korea":                  {"a name of two", `"Korea" is not a code: use KP or KR`},
		"UAE":                    {"an abbreviation that looks like an alpha-3 code", `"UAE" is not a code: use AE (United Arab Emirates)`},
		"SUN":                    {"a retired alpha-3 code", `"SUN" is an alpha-3 code: use the alpha-2 code AM, AZ, BY, EE, GE, KG, KZ, LT, LV, MD, RU, TJ, TM, UA or UZ`},
		"CN-11":                  {"a replaced subdivision", `"CN-11" is a retired code: use CN-BJ (Beijing Shi)`},
		"GB-NTH":                 {"a divided subdivision", `"GB-NTH" is a retired code: use GB-NNH or GB-WNH`},
		"NP-BA":                  {"a deleted subdivision", `"NP-BA" is a retired code: use NP-P1, NP-P2, NP-P3, NP-P4, NP-P5, NP-P6 or NP-P7`},
		"MK-01":                  {"a deleted subdivision of a country that has many", `"MK-01" is a retired code: use a code of today, such as MK-101 (Veles)`},
		"ua-cri":                 {"a publisher's code", `"ua-cri" is not a code: use UA-43 or UA-40`},
		"ua-dpr":                 {"a publisher's code for a place without one", `"ua-dpr" is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case`},
		"UA-DPR":                 {"the same, in the shape of a code", `"UA-DPR" is an unknown code: ISO 3166-2 lists no such subdivision of UA (Ukraine)`},
		"AC":                     {"reserved for a part of another", `"AC" is reserved in ISO 3166-1 but is not the code of a country: use SH-AC (Ascension)`},
		"156":                    {"numeric", `"156" is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case`},
		"СN":                     {"a Cyrillic С must be seen", `"\u0421N" is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case`},
		"CN,RU":                  {"a list", `"CN,RU" is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case`},
		"CN-":                    {"half a subdivision", `"CN-" is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case`},
		"QA\x00":                 {"NUL", `"QA\x00" is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case`},
		strings.Repeat("Ж", 500): {"messages are bounded", `"` + strings.Repeat(`\u0416`, 16) + `"… is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case`},
		"XY":                     {"user-assigned", `"XY" is a user-assigned code, which means nothing in particular; the only one that is read is XK (Kosovo)`},
		"ZZ":                     {"user-assigned", `"ZZ" is a user-assigned code, which means nothing in particular; the only one that is read is XK (Kosovo)`},
		"AA":                     {"user-assigned", `"AA" is a user-assigned code, which means nothing in particular; the only one that is read is XK (Kosovo)`},
		"QM":                     {"user-assigned", `"QM" is a user-assigned code, which means nothing in particular; the only one that is read is XK (Kosovo)`},
		"BB-99":                  {"unknown subdivision", `"BB-99" is an unknown code: ISO 3166-2 lists no such subdivision of BB (Barbados)`},
		"XK-01":                  {"Kosovo has no subdivisions", `"XK-01" is an unknown code: ISO 3166-2 lists no such subdivision of XK (Kosovo)`},
		"HK-01":                  {"Hong Kong has no subdivisions", `"HK-01" is an unknown code: ISO 3166-2 lists no such subdivision of HK (Hong Kong)`},
		"CN-91":                  {"former code of Hong Kong", `"CN-91" is a retired code: use HK (Hong Kong)`},
		"CN-71":                  {"former code of Taiwan", `"CN-71" is a retired code: use TW (Taiwan, Province of China)`},
		"JJ":                     {"nothing has it", `"JJ" is an unknown code: ISO 3166-1 lists no such country`},
		"JJ-01":                  {"subdivision of nothing", `"JJ-01" is an unknown code: "JJ" is an unknown code: ISO 3166-1 lists no such country`},
		"UK":                     {"a common mistake", `"UK" is reserved in ISO 3166-1 but is not the code of a country: use GB`},
		"EU":                     {"not a country", `"EU" is reserved in ISO 3166-1 but is not the code of a country: list the member states`},
		"AN":                     {"retired in 2010", `"AN" (Netherlands Antilles) is a retired code: use BQ, CW or SX`},
		"SU":                     {"retired in 1992", `"SU" (USSR) is a retired code: use AM, AZ, BY, EE, GE, KG, KZ, LT, LV, MD, RU, TJ, TM, UA or UZ`},
		"YU":                     {"retired in 2003", `"YU" (Yugoslavia) is a retired code: use BA, HR, ME, MK, RS, SI or XK`},
		"CS":                     {"retired twice", `"CS" (Czechoslovakia, then Serbia and Montenegro) is a retired code: use CZ, ME, RS, SK or XK`},
		"TP":                     {"retired in 2002", `"TP" (East Timor) is a retired code: use TL (Timor-Leste)`},
		"ZR":                     {"retired in 1997", `"ZR" (Zaire) is a retired code: use CD (Congo, Democratic Republic of the)`},
		"BU":                     {"retired in 1989", `"BU" (Burma) is a retired code: use MM (Myanmar)`},
		"DD":                     {"retired in 1990", `"DD" (German Democratic Republic) is a retired code: use DE (Germany)`},
		"SU-RU":                  {"subdivision of a retired country", `"SU-RU" is an unknown code: "SU" (USSR) is a retired code: use AM, AZ, BY, EE, GE, KG, KZ, LT, LV, MD, RU, TJ, TM, UA or UZ`},
	}
	for in, tc := range tests {
		t.Run(in, func(t *testing.T) {
			got, err := jurisdiction.Parse(in)
			if got != "" || err == nil || err.Error() != tc.want {
				t.Errorf("%s: Parse(%q) = %q, %v\nwant error %s", tc.reason, in, got, err, tc.want)
			}
		})
	}
}

func TestAPlaceKnowsWhatItIsPartOf(t *testing.T) {
	tests := map[jurisdiction.Code]struct {
		reason          string
		parent, country jurisdiction.Code
		name            string
	}{
		"SG":    {"a country is part of nothing", "", "SG", "Singapore"},
		"XK":    {"Kosovo is not part of RS here", "", "XK", "Kosovo"},
		"UA-43": {"a subdivision of the first level", "UA", "UA", "Avtonomna Respublika Krym"},
		"ES-B":  {"a subdivision of the second level", "ES-CT", "ES", "Barcelona"},
		"BQ-BO": {"Bonaire is not part of NL here", "BQ", "BQ", "Bonaire"},
		"":      {"no code", "", "", ""},
	}
	for code, tc := range tests {
		if got := code.Parent(); got != tc.parent {
			t.Errorf("%s: Parent of %s is %q, want %q", tc.reason, code, got, tc.parent)
		}
		if got := code.Country(); got != tc.country {
			t.Errorf("%s: Country of %s is %q, want %q", tc.reason, code, got, tc.country)
		}
		if got := jurisdiction.Name(code); got != tc.name {
			t.Errorf("%s: Name of %s is %q, want %q", tc.reason, code, got, tc.name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "SG", "UA-43", "CN-HK", "cn", "CHN", "SU", "XK", "UK", "JJ-1", "CN-91", "\xff", "  ", "СN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := jurisdiction.Parse(s)
		if err != nil {
			if c != "" || !utf8.ValidString(err.Error()) || len(err.Error()) > 512 {
				t.Fatalf("Parse(%q) = %q, %q", s, c, err)
			}
			return
		}
		if again, err := jurisdiction.Parse(string(c)); err != nil || again != c {
			t.Fatalf("Parse(%q) = %q, which parses as %q, %v", s, c, again, err)
		}
		if jurisdiction.Name(c) == "" {
			t.Fatalf("Parse(%q) = %q, which has no name", s, c)
		}
		for at := c; at != ""; at = at.Parent() {
			if at.Country() != c.Country() || len(at.Parent()) > len("AA-BBB") {
				t.Fatalf("%q is part of %q", c, at)
			}
		}
	})
}
