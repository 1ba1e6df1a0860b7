package jurisdiction

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed former.txt
var formerText string

// former has what each code of ISO 3166-2 that is no longer in use says. What
// was replaced by one code, or is part of one, reads as that one. What was
// divided lies in the smallest place that has all its parts, and may be any of
// them. Of what the standard only calls deleted nothing is known but the country.
var former = sync.OnceValue(func() map[string]Reading {
	became := make(map[string]string, strings.Count(formerText, "\n"))
	for line := range strings.Lines(formerText) {
		if !strings.HasPrefix(line, "#") {
			code, to, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			became[code] = to
		}
	}
	for code, to := range merged {
		became[code] = to
	}
	all := make(map[string]Reading, len(became))
	for code, to := range became {
		// Some became a code that itself became another.
		for range len(became) {
			next, ok := became[to]
			if !ok {
				break
			}
			to = next
		}
		if _, one := canonical(to); !one && !strings.Contains(to, " ") {
			all[code] = somewhereIn(Code(code[:2]))
		} else {
			all[code] = oneOf(codes(to)...)
		}
	}
	return all
})

// codes splits a list of canonical codes.
func codes(list string) []Code {
	var all []Code
	for c := range strings.FieldsSeq(list) {
		all = append(all, Code(c))
	}
	return all
}

// oneOf is what says one of several codes.
func oneOf(codes ...Code) Reading {
	if len(codes) == 1 {
		return Reading{Codes: codes, Understood: true}
	}
	common := codes[0]
	for _, c := range codes[1:] {
		for common != "" && !c.isIn(common) {
			common = common.Parent()
		}
	}
	if common == "" {
		return Reading{Candidates: codes}
	}
	return Reading{Codes: []Code{common}, Candidates: codes}
}

// isIn says whether c is outer or a part of it.
func (c Code) isIn(outer Code) bool {
	for ; c != ""; c = c.Parent() {
		if c == outer {
			return true
		}
	}
	return false
}

// somewhereIn is what says a country and more that is not understood.
func somewhereIn(country Code) Reading {
	if len(parts()[country]) == 0 {
		return oneOf(country)
	}
	return Reading{Codes: []Code{country}, Candidates: parts()[country]}
}

// merged has what became of codes that the standard only calls deleted, beside
// others that it added on the same day; and of some that it replaced by one code
// while it took another part of the same place away (KZ-VOS, KZ-ALM, KZ-KAR; the
// Irian Jaya of 2000, ID-IJ; OM-BA, OM-SH). ES-PM and such, which ISO gave to
// something else, are not here: the meaning of today counts.
var merged = map[string]string{
	// Albania's districts are parts of its counties.
	"AL-BR": "AL-01", "AL-KC": "AL-01", "AL-SK": "AL-01", "AL-DR": "AL-02", "AL-KR": "AL-02",
	"AL-EL": "AL-03", "AL-GR": "AL-03", "AL-LB": "AL-03", "AL-PQ": "AL-03", "AL-FR": "AL-04",
	"AL-LU": "AL-04", "AL-MK": "AL-04", "AL-GJ": "AL-05", "AL-PR": "AL-05", "AL-TE": "AL-05",
	"AL-DV": "AL-06", "AL-ER": "AL-06", "AL-KO": "AL-06", "AL-PG": "AL-06", "AL-HA": "AL-07",
	"AL-KU": "AL-07", "AL-TP": "AL-07", "AL-KB": "AL-08", "AL-LE": "AL-08", "AL-MR": "AL-08",
	"AL-BU": "AL-09", "AL-DI": "AL-09", "AL-MT": "AL-09", "AL-MM": "AL-10", "AL-PU": "AL-10",
	"AL-SH": "AL-10", "AL-KA": "AL-11", "AL-TR": "AL-11", "AL-DL": "AL-12", "AL-SR": "AL-12", "AL-VL": "AL-12",
	"AZ-SS": "AZ-SUS", // the town of Shusha, in its district
	"BI-BJ": "BI-BM BI-BL BI-RM",
	"BR-FN": "BR-PE", // Fernando de Noronha
	"CD-BN": "CD-KG CD-KL CD-MN", "CD-KA": "CD-HK CD-HL CD-LU CD-TA",
	"CD-KW": "CD-KC CD-KS", "CD-OR": "CD-BU CD-HU CD-IT CD-TO",
	"CU-02": "CU-15 CU-16",
	"CV-SN": "CV-RB CV-TS",
	// The districts of Prague.
	"CZ-101": "CZ-10", "CZ-102": "CZ-10", "CZ-103": "CZ-10", "CZ-104": "CZ-10", "CZ-105": "CZ-10",
	"CZ-106": "CZ-10", "CZ-107": "CZ-10", "CZ-108": "CZ-10", "CZ-109": "CZ-10", "CZ-110": "CZ-10",
	"CZ-111": "CZ-10", "CZ-112": "CZ-10", "CZ-113": "CZ-10", "CZ-114": "CZ-10", "CZ-115": "CZ-10",
	"CZ-116": "CZ-10", "CZ-117": "CZ-10", "CZ-118": "CZ-10", "CZ-119": "CZ-10", "CZ-120": "CZ-10",
	"CZ-121": "CZ-10", "CZ-122": "CZ-10",
	"EG-HU": "EG-C EG-GZ", "EG-SU": "EG-GZ", // Helwan and 6th of October
	"FI-AL": "AX",
	// The districts of Northern Ireland; Belfast got a part of two.
	"GB-ANT": "GB-ANN", "GB-ARD": "GB-AND", "GB-ARM": "GB-ABC", "GB-BLA": "GB-MEA", "GB-BLY": "GB-CCG",
	"GB-BNB": "GB-ABC", "GB-CGV": "GB-ABC", "GB-CKF": "GB-MEA", "GB-CKT": "GB-MUL", "GB-CLR": "GB-CCG",
	"GB-CSR": "GB-LBC GB-BFS", "GB-DGN": "GB-MUL", "GB-DOW": "GB-NMD", "GB-DRY": "GB-DRS", "GB-FER": "GB-FMO",
	"GB-LMV": "GB-CCG", "GB-LRN": "GB-MEA", "GB-LSB": "GB-LBC GB-BFS", "GB-MFT": "GB-MUL", "GB-MYL": "GB-CCG",
	"GB-NDN": "GB-AND", "GB-NTA": "GB-ANN", "GB-NYM": "GB-NMD", "GB-OMH": "GB-FMO", "GB-STB": "GB-DRS",
	"GB-BMH": "GB-BCP", "GB-POL": "GB-BCP", "GB-CHS": "GB-CHE GB-CHW", "GB-NTH": "GB-NNH GB-WNH",
	"GB-CHA": "GG JE", // the Channel Islands
	"GL-QA":  "GL-AV GL-QT",
	// Greece's departments are parts of its regions.
	"GR-01": "GR-G", "GR-03": "GR-H", "GR-04": "GR-H", "GR-05": "GR-H", "GR-06": "GR-H", "GR-07": "GR-H",
	"GR-11": "GR-J", "GR-12": "GR-J", "GR-13": "GR-G", "GR-14": "GR-G", "GR-15": "GR-J", "GR-16": "GR-J",
	"GR-17": "GR-J", "GR-21": "GR-F", "GR-22": "GR-F", "GR-23": "GR-F", "GR-24": "GR-F", "GR-31": "GR-D",
	"GR-32": "GR-D", "GR-33": "GR-D", "GR-34": "GR-D", "GR-41": "GR-E", "GR-42": "GR-E", "GR-43": "GR-E",
	"GR-44": "GR-E", "GR-51": "GR-C", "GR-52": "GR-A", "GR-53": "GR-B", "GR-54": "GR-B", "GR-55": "GR-A",
	"GR-56": "GR-C", "GR-57": "GR-B", "GR-58": "GR-C", "GR-59": "GR-B", "GR-61": "GR-B", "GR-62": "GR-B",
	"GR-63": "GR-C", "GR-64": "GR-B", "GR-71": "GR-A", "GR-72": "GR-A", "GR-73": "GR-A", "GR-81": "GR-L",
	"GR-82": "GR-L", "GR-83": "GR-K", "GR-84": "GR-K", "GR-85": "GR-K", "GR-91": "GR-M", "GR-92": "GR-M",
	"GR-93": "GR-M", "GR-94": "GR-M", "GR-A1": "GR-I",
	"ID-IJ": "ID-PA ID-PB ID-PD ID-PE ID-PS ID-PT",
	"IN-DD": "IN-DH", "IN-DN": "IN-DH",
	"IT-AO": "IT-23", "IT-CI": "IT-SU", "IT-OG": "IT-NU", "IT-OT": "IT-SS", "IT-VS": "IT-SU",
	// North Korea's letters became digits in 2010.
	"KP-CHA": "KP-04", "KP-HAB": "KP-09", "KP-HAN": "KP-08", "KP-HWB": "KP-06", "KP-HWN": "KP-05",
	"KP-KAE": "KP-15", "KP-KAN": "KP-07", "KP-NAJ": "KP-13", "KP-NAM": "KP-14", "KP-PYB": "KP-03",
	"KP-PYN": "KP-02", "KP-PYO": "KP-01", "KP-YAN": "KP-10",
	"KZ-ALM": "KZ-19 KZ-33", "KZ-KAR": "KZ-35 KZ-62", "KZ-VOS": "KZ-63 KZ-10",
	"MU-BR": "MU-PW", "MU-CU": "MU-PW", "MU-PU": "MU-PL", "MU-QB": "MU-PW", "MU-VP": "MU-PW",
	"NA-OK": "NA-KE NA-KW",
	"NI-ZE": "NI-AN NI-AS",
	"NO-01": "NO-30", "NO-02": "NO-30", "NO-06": "NO-30", "NO-04": "NO-34", "NO-05": "NO-34", "NO-07": "NO-38",
	"NO-08": "NO-38", "NO-09": "NO-42", "NO-10": "NO-42", "NO-12": "NO-46", "NO-14": "NO-46", "NO-16": "NO-50",
	"NO-17": "NO-50", "NO-19": "NO-54", "NO-20": "NO-54",
	"OM-BA": "OM-BJ OM-BS", "OM-SH": "OM-SJ OM-SS",
	"PH-04": "PH-03 PH-40 PH-41", "PH-MAG": "PH-MGN PH-MGS",
	"RU-AGB": "RU-ZAB", "RU-CHI": "RU-ZAB", "RU-EVE": "RU-KYA", "RU-KOP": "RU-PER", "RU-KOR": "RU-KAM",
	"RU-TAY": "RU-KYA", "RU-UOB": "RU-IRK",
	// These states of Sudan are South Sudan.
	"SD-14": southSudan, "SD-15": southSudan, "SD-16": southSudan, "SD-17": southSudan, "SD-18": southSudan,
	"SD-19": southSudan, "SD-20": southSudan, "SD-21": southSudan, "SD-22": southSudan, "SD-23": southSudan,
	"ST-S":   "ST-01 ST-02 ST-03 ST-04 ST-05 ST-06",
	"TD-BET": "TD-BO TD-EE TD-EO TD-TI", "TD-EN": "TD-EE TD-EO",
	"TJ-KR": "TJ-RA",
	"VN-15": "VN-HN",
}

const southSudan = "SS-BN SS-BW SS-EC SS-EE SS-EW SS-JG SS-LK SS-NU SS-UY SS-WR"
