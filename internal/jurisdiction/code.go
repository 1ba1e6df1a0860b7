package jurisdiction

// Code is an ISO 3166-1 alpha-2 or ISO 3166-2 code in canonical form, as Parse
// returns it. The zero value is no code.
type Code string

// Kosovo is the one user-assigned code that is read: ISO 3166-1 has no code for
// Kosovo, and the European Union, the IMF and others use this one.
const Kosovo Code = "XK"

// Parse returns the canonical form of a code, or an error that says what is
// wrong with it and, where that can be told, what would be right. It is strict:
// codes are in upper case, with a hyphen and without white space.
func Parse(s string) (Code, error) {
	if c, ok := canonical(s); ok {
		return c, nil
	}
	return "", refuse(s)
}

// canonical is Parse without the reason why not.
func canonical(s string) (Code, bool) {
	if own, ok := ownCode[s]; ok {
		return own, true
	}
	_, ok := places()[Code(s)]
	return Code(s), ok
}

// Country returns the alpha-2 part of a canonical code.
func (c Code) Country() Code {
	if len(c) < 2 {
		return ""
	}
	return c[:2]
}

// Parent returns the next larger place that ISO 3166 knows: the subdivision
// that a subdivision is part of (ES-CT for ES-B), else its country; "" for a
// country.
func (c Code) Parent() Code {
	if len(c) <= 2 {
		return ""
	}
	if within := places()[c].within; within != "" {
		return within
	}
	return c.Country()
}

// Name is the English short name of a country or the local name of a
// subdivision, as ISO 3166 has them; "" if the code is not canonical.
func Name(c Code) string {
	return places()[c].name
}

// ownCode has the codes of ISO 3166-2 for places that ISO 3166-1 lists by
// themselves. FR-GF, -GP, -MQ, -RE and -YT are former codes that data still
// uses for what are now FR-973, -971, -972, -974 and -976. Bonaire, Saba and
// Sint Eustatius share the code BQ and are its subdivisions; Svalbard and Jan
// Mayen share SJ, which has none. GB-UKM is the whole of GB.
var ownCode = map[string]Code{
	"CN-HK": "HK", "CN-MO": "MO", "CN-TW": "TW",
	"FI-01":  "AX",
	"FR-971": "GP", "FR-972": "MQ", "FR-973": "GF", "FR-974": "RE", "FR-976": "YT",
	"FR-GP": "GP", "FR-MQ": "MQ", "FR-GF": "GF", "FR-RE": "RE", "FR-YT": "YT",
	"FR-BL": "BL", "FR-MF": "MF", "FR-NC": "NC", "FR-PF": "PF", "FR-PM": "PM",
	"FR-TF": "TF", "FR-WF": "WF",
	"GB-UKM": "GB",
	"NL-AW":  "AW", "NL-CW": "CW", "NL-SX": "SX",
	"NL-BQ1": "BQ-BO", "NL-BQ2": "BQ-SA", "NL-BQ3": "BQ-SE",
	"NO-21": "SJ", "NO-22": "SJ",
	"US-AS": "AS", "US-GU": "GU", "US-MP": "MP", "US-PR": "PR", "US-UM": "UM", "US-VI": "VI",
}
