package jurisdiction

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// state is a country that ISO 3166-1 no longer lists.
type state struct {
	alpha2, alpha3 string
	name           string
	// successors are the codes of today: one where it only got another name or
	// code or is part of one country now.
	successors string
	// names are English names, besides name, that data has.
	names []string
}

// dissolved has ISO 3166-3: by the code of four letters, which alone nobody else
// ever had. Kosovo was part of Yugoslavia and of Serbia and Montenegro.
var dissolved = map[string]state{
	"AIDJ": {"AI", "AFI", "French Afars and Issas", "DJ", nil},
	"ANHH": {"AN", "ANT", "Netherlands Antilles", "BQ CW SX", nil},
	"BQAQ": {"BQ", "ATB", "British Antarctic Territory", "AQ", nil},
	"BUMM": {"BU", "BUR", "Burma", "MM", []string{"Socialist Republic of the Union of Burma", "Union of Burma"}},
	"BYAA": {"BY", "BYS", "Byelorussian SSR", "BY", []string{"Byelorussian Soviet Socialist Republic"}},
	"CSHH": {"CS", "CSK", "Czechoslovakia", "CZ SK", []string{"Czechoslovak Socialist Republic", "Czech and Slovak Federal Republic", "CSSR"}},
	"CSXX": {"CS", "SCG", "Serbia and Montenegro", "ME RS XK", []string{"State Union of Serbia and Montenegro"}},
	"CTKI": {"CT", "CTE", "Canton and Enderbury Islands", "KI", nil},
	"DDDE": {"DD", "DDR", "German Democratic Republic", "DE", []string{"East Germany", "GDR"}},
	"DYBJ": {"DY", "DHY", "Dahomey", "BJ", nil},
	"FQHH": {"FQ", "", "French Southern and Antarctic Territories", "AQ TF", nil},
	"FXFR": {"FX", "FXX", "Metropolitan France", "FR", []string{"France, Metropolitan"}},
	"GEHH": {"GE", "GEL", "Gilbert and Ellice Islands", "KI TV", nil},
	"HVBF": {"HV", "HVO", "Upper Volta", "BF", []string{"Upper Volta, Republic of"}},
	"JTUM": {"JT", "JTN", "Johnston Island", "UM", nil},
	"MIUM": {"MI", "MID", "Midway Islands", "UM", nil},
	"NHVU": {"NH", "NHB", "New Hebrides", "VU", nil},
	"NQAQ": {"NQ", "ATN", "Dronning Maud Land", "AQ", nil},
	"NTHH": {"NT", "NTZ", "Neutral Zone (Iraq and Saudi Arabia)", "IQ SA", nil},
	"PCHH": {"PC", "PCI", "Pacific Islands (trust territory)", "FM MH MP PW", []string{"Trust Territory of the Pacific Islands"}},
	"PUUM": {"PU", "PUS", "United States Miscellaneous Pacific Islands", "UM", []string{"US Miscellaneous Pacific Islands"}},
	"PZPA": {"PZ", "PCZ", "Panama Canal Zone", "PA", nil},
	"RHZW": {"RH", "RHO", "Southern Rhodesia", "ZW", []string{"Rhodesia"}},
	"SKIN": {"SK", "SKM", "Sikkim", "IN-SK", nil},
	"SUHH": {"SU", "SUN", "USSR", "AM AZ BY EE GE KG KZ LT LV MD RU TJ TM UA UZ",
		[]string{"Union of Soviet Socialist Republics", "USSR, Union of Soviet Socialist Republics", "Soviet Union"}},
	"TPTL": {"TP", "TMP", "East Timor", "TL", []string{"Portuguese Timor"}},
	"VDVN": {"VD", "VDR", "Democratic Republic of Viet-Nam", "VN", []string{"North Vietnam"}},
	"WKUM": {"WK", "WAK", "Wake Island", "UM", nil},
	"YDYE": {"YD", "YMD", "Democratic Yemen", "YE", []string{"Yemen, Democratic", "People's Democratic Republic of Yemen", "South Yemen"}},
	"YUCS": {"YU", "YUG", "Yugoslavia", "BA HR ME MK RS SI XK",
		[]string{"Socialist Federal Republic of Yugoslavia", "Federal Republic of Yugoslavia"}},
	"ZRCD": {"ZR", "ZAR", "Zaire", "CD", []string{"Zaire, Republic of"}},
}

// retired has what the codes of two and three letters of those countries say,
// as far as nobody was given them since. One code may stand for two of them.
var retired = sync.OnceValue(func() map[string]state {
	all := map[string]state{}
	for _, alpha4 := range slices.Sorted(maps.Keys(dissolved)) {
		s := dissolved[alpha4]
		for _, code := range []string{s.alpha2, s.alpha3} {
			if _, taken := places()[Code(code)]; taken || code == "" {
				continue
			}
			entry := s
			if before, twice := all[code]; twice {
				both := slices.Sorted(strings.FieldsSeq(before.successors + " " + s.successors))
				entry.name = before.name + ", then " + s.name
				entry.successors = strings.Join(slices.Compact(both), " ")
			}
			all[code] = entry
		}
	}
	return all
})
