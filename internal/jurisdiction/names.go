package jurisdiction

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed names.txt
var namesText string

// ambiguous has names that mean one country in the sources and another in data.
var ambiguous = map[string]string{
	"Congo":             "CD CG",
	"Korea":             "KP KR",
	"Saint Martin":      "MF SX",
	"Virgin Islands":    "VG VI",
	"Washington":        "US-DC US-WA",
	"Republic of China": "CN TW", // Taiwan's name, and a slip of the pen for the other
}

// aliases has names that the sources lack.
var aliases = map[Code][]string{
	// Abbreviations that are no code of any list.
	"AE": {"UAE"}, "KP": {"DPRK", "DPR Korea"}, "KR": {"ROK"}, "CD": {"DRC", "DR Congo", "Congo DR", "Congo DRC"},
	"LA": {"Lao PDR"}, "VG": {"BVI"}, "VI": {"USVI"}, "SA": {"KSA"},
	// Both halves of a name, or how China's neighbours are called at the UN and by
	// the World Bank.
	"CN": {"PRC", "PR China", "Mainland China"},
	"HK": {"Hong Kong SAR", "HKSAR", "Hong Kong China", "Hong Kong SAR of China", "China Hong Kong", "China Hong Kong SAR",
		"China, Hong Kong Special Administrative Region", "Hong Kong Special Administrative Region"},
	"MO": {"Macau", "Macao SAR", "Macau SAR", "Macao China", "Macau China", "Macau SAR China", "China Macao", "China Macau", "China Macao SAR",
		"China Macau SAR", "China, Macao Special Administrative Region", "Macao Special Administrative Region", "Macau Special Administrative Region"},
	"TW": {"Taiwan China", "Taiwan ROC", "Taiwan, Republic of China", "Chinese Taipei", "Taiwan Province of China"},
	"FM": {"Micronesia, Fed. Sts."}, "VE": {"Venezuela, RB"}, "PS": {"West Bank and Gaza", "Occupied Palestinian Territory"},
	"SJ": {"Svalbard and Jan Mayen Islands"}, "WF": {"Wallis and Futuna Islands"}, "FO": {"Faeroe Islands"}, "VA": {"Vatican"},
	// Names of states that the sources do not have, or no longer.
	"AU": {"Commonwealth of Australia"}, "DE": {"West Germany", "FRG"}, "GY": {"Co-operative Republic of Guyana"},
	"IE": {"Eire", "Irish Republic"}, "JE": {"Bailiwick of Jersey"}, "LY": {"Libyan Arab Jamahiriya", "State of Libya"},
	"MK": {"FYROM", "Former Yugoslav Republic of Macedonia"}, "MM": {"Union of Myanmar", "Republic of the Union of Myanmar"},
	"PR": {"Commonwealth of Puerto Rico"}, "TL": {"Democratic Republic of East Timor"}, "WS": {"Western Samoa"},
}

// nameReadings has what names say, by key.
var nameReadings = sync.OnceValue(func() map[string]Reading {
	all := map[string][]Code{}
	add := func(name string, codes ...Code) {
		for _, key := range keys(name) {
			for _, c := range codes {
				if !slices.Contains(all[key], c) {
					all[key] = append(all[key], c)
				}
			}
		}
	}
	for line := range strings.Lines(namesText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for _, name := range fields[1:] {
			add(name, Code(fields[0]))
			add("Republic of "+name, Code(fields[0]))
		}
	}
	for code, names := range aliases {
		for _, name := range names {
			add(name, code)
		}
	}
	for name, codes := range states() {
		all[name] = append(all[name], codes...)
	}
	read := make(map[string]Reading, len(all))
	for key, codes := range all {
		slices.Sort(codes)
		read[key] = oneOf(slices.Compact(codes)...)
	}
	set := func(name string, r Reading) {
		for _, key := range keys(name) {
			read[key] = r
		}
	}
	for _, s := range dissolved {
		for _, name := range append([]string{s.name}, s.names...) {
			set(name, oneOf(codes(s.successors)...))
		}
	}
	for _, t := range territories {
		for _, name := range t.names {
			set(name, t.reading)
		}
	}
	for name, list := range ambiguous {
		set(name, oneOf(codes(list)...))
	}
	return read
})

// states has the names of the states of the United States and the provinces of
// Canada: companies are formed under the law of one of them, and data names it
// in place of a country. With a name come all other places that have it.
func states() map[string][]Code {
	all := map[string][]Code{}
	for code, p := range places() {
		if len(code) > 2 {
			key, _ := nameKey(p.name)
			all[key] = append(all[key], code)
		}
	}
	for key, codes := range all {
		if !slices.ContainsFunc(codes, func(c Code) bool { return c.Country() == "US" || c.Country() == "CA" }) {
			delete(all, key)
		}
	}
	return all
}

// readName reads a text as an English name, or as two parts that say the same:
// "China (CN)", "Scotland, United Kingdom".
func readName(text string) Reading {
	for _, key := range keys(text) {
		if r, ok := nameReadings()[key]; ok {
			return r
		}
	}
	first, second, ok := halves(text)
	if !ok {
		return Reading{}
	}
	a, b := readPart(first), readPart(second)
	if a.Understood && b.Understood && slices.Equal(a.Codes, b.Codes) {
		return a
	}
	switch {
	case isStateCode(first) || isStateCode(second):
		return Reading{}
	case a.liesIn(b):
		return a
	case b.liesIn(a):
		return b
	}
	var both []Code
	for _, x := range a.options() {
		for _, y := range b.options() {
			switch {
			case x.isIn(y):
				both = append(both, x)
			case y.isIn(x):
				both = append(both, y)
			}
		}
	}
	if len(both) == 0 {
		return Reading{}
	}
	slices.Sort(both)
	return oneOf(slices.Compact(both)...)
}

// liesIn says whether all places of one text lie in places of another.
func (r Reading) liesIn(outer Reading) bool {
	if !r.Understood || !outer.Understood {
		return false
	}
	return !slices.ContainsFunc(r.Codes, func(c Code) bool { return !slices.ContainsFunc(outer.Codes, c.isIn) })
}

func readPart(text string) Reading {
	if r, ok := readCode(text); ok {
		return r
	}
	for _, key := range keys(text) {
		if r, ok := nameReadings()[key]; ok {
			return r
		}
	}
	return Reading{}
}

// isStateCode says whether a part of a text may be short for a state: the CA of
// "Ontario, CA" may be California.
func isStateCode(text string) bool {
	code := codeForm(text)
	_, us := places()[Code("US-"+code)]
	_, ca := places()[Code("CA-"+code)]
	return us || ca
}
