package jurisdiction

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxQuoted bounds how much of what somebody wrote stands in an error.
const maxQuoted = 32

var (
	countryShape     = regexp.MustCompile(`^[A-Z]{2}$`)
	alpha3Shape      = regexp.MustCompile(`^[A-Z]{3}$`)
	subdivisionShape = regexp.MustCompile(`^[A-Z]{2}-[A-Z0-9]{1,3}$`)
	userAssigned     = regexp.MustCompile(`^(AA|Q[M-Z]|X[A-Z]|ZZ)$`)
)

// refuse says why s, which is not a code, is not one.
func refuse(s string) error {
	q := quote(s)
	switch {
	case s == "":
		return errors.New("empty code: an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43) is required")
	case countryShape.MatchString(s):
		return refuseCountry(s)
	case subdivisionShape.MatchString(s):
		return refuseSubdivision(s)
	case alpha3Shape.MatchString(s):
		for code, p := range places() {
			if p.alpha3 == s {
				return fmt.Errorf("%s is an alpha-3 code: use the alpha-2 code %s (%s)", q, code, p.name)
			}
		}
		return fmt.Errorf("%s has three letters: use an ISO 3166-1 alpha-2 code (SG)", q)
	}
	if tidy := tidied(s); tidy != s {
		if c, err := Parse(tidy); err == nil {
			return fmt.Errorf("%s is not written as a code: use %s (%s)", q, c, Name(c))
		}
	}
	return fmt.Errorf("%s is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case", q)
}

func refuseCountry(s string) error {
	if r, ok := retired[s]; ok {
		return fmt.Errorf("%q (%s) is a retired code: use %s", s, r.name, r.use)
	}
	if use, ok := reserved[s]; ok {
		return fmt.Errorf("%q is reserved in ISO 3166-1 but is not the code of a country: %s", s, use)
	}
	if userAssigned.MatchString(s) {
		return fmt.Errorf("%q is a user-assigned code, which means nothing in particular; the only one that is read is %s (%s)",
			s, Kosovo, Name(Kosovo))
	}
	return fmt.Errorf("%q is an unknown code: ISO 3166-1 lists no such country", s)
}

func refuseSubdivision(s string) error {
	country, _, _ := strings.Cut(s, "-")
	if _, ok := places()[Code(country)]; !ok {
		return fmt.Errorf("%q is an unknown code: %w", s, refuseCountry(country))
	}
	if use, ok := retiredSubdivision[s]; ok {
		return fmt.Errorf("%q is a retired code: use %s (%s)", s, use, Name(use))
	}
	return fmt.Errorf("%q is an unknown code: ISO 3166-2 lists no such subdivision of %s (%s)", s, country, Name(Code(country)))
}

// tidied is what somebody may have meant.
func tidied(s string) string {
	if len(s) > maxQuoted {
		return s
	}
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"))
}

// quote quotes s as printable ASCII, so that what only looks like a letter of
// the Latin alphabet is seen, and cuts it where it is long.
func quote(s string) string {
	if len(s) <= maxQuoted {
		return strconv.QuoteToASCII(s)
	}
	cut := maxQuoted
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.QuoteToASCII(s[:cut]) + "…"
}

// former is a country that ISO 3166-1 no longer lists.
type former struct{ name, use string }

// retired has the alpha-2 codes of ISO 3166-3 that nobody was given since.
var retired = map[string]former{
	"AN": {"Netherlands Antilles", "BQ, CW or SX"},
	"BU": {"Burma", "MM"},
	"CS": {"Czechoslovakia, then Serbia and Montenegro", "CZ, SK, ME or RS"},
	"CT": {"Canton and Enderbury Islands", "KI"},
	"DD": {"German Democratic Republic", "DE"},
	"DY": {"Dahomey", "BJ"},
	"FQ": {"French Southern and Antarctic Territories", "AQ or TF"},
	"FX": {"Metropolitan France", "FR"},
	"HV": {"Upper Volta", "BF"},
	"JT": {"Johnston Island", "UM"},
	"MI": {"Midway Islands", "UM"},
	"NH": {"New Hebrides", "VU"},
	"NQ": {"Dronning Maud Land", "AQ"},
	"NT": {"Neutral Zone", "IQ or SA"},
	"PC": {"Pacific Islands", "FM, MH, MP or PW"},
	"PU": {"United States Miscellaneous Pacific Islands", "UM"},
	"PZ": {"Panama Canal Zone", "PA"},
	"RH": {"Southern Rhodesia", "ZW"},
	"SU": {"USSR", "the code of the successor, such as RU"},
	"TP": {"East Timor", "TL"},
	"VD": {"Democratic Republic of Viet-Nam", "VN"},
	"WK": {"Wake Island", "UM"},
	"YD": {"Democratic Yemen", "YE"},
	"YU": {"Yugoslavia", "BA, HR, ME, MK, RS, SI or XK"},
	"ZR": {"Zaire", "CD"},
}

// reserved has the exceptional reservations of ISO 3166-1 and what to use.
var reserved = map[string]string{
	"AC": "use SH-AC (Ascension)",
	"CP": "use FR-CP (Clipperton)",
	"CQ": "use GG (Guernsey), which Sark belongs to",
	"DG": "use IO (British Indian Ocean Territory)",
	"EA": "use ES-CE (Ceuta) or ES-ML (Melilla)",
	"EU": "list the member states",
	"EZ": "list the member states",
	"IC": "use ES-CN (Canarias)",
	"TA": "use SH-TA (Tristan da Cunha)",
	"UK": "use GB",
	"UN": "list countries",
}

// retiredSubdivision has former codes of ISO 3166-2 for places that have a code
// of their own, so that nobody replaces them by CN.
var retiredSubdivision = map[string]Code{
	"CN-71": "TW", "CN-91": "HK", "CN-92": "MO",
	"FR-GUA": "GP", "FR-GUF": "GF", "FR-MAY": "YT", "FR-MTQ": "MQ", "FR-LRE": "RE",
}
