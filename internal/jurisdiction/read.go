package jurisdiction

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Reading is what a text that names a jurisdiction says, as publishers of data
// write it. Its slices are not the caller's to change.
type Reading struct {
	// Codes are places that it certainly is, or lies in.
	Codes []Code
	// Understood says that Codes are all that it says. Otherwise it may be one of
	// Candidates; without any, any place at all.
	Understood bool
	Candidates []Code
}

// maxRead bounds the length of a text that is read, in bytes. The longest name
// has 60.
const maxRead = 128

// Read reads a jurisdiction as publishers of data write it: codes of two, three
// and four letters and of subdivisions, those of today and former ones, codes
// that publishers made, and English names of countries. Unlike Parse, which is
// for policies, it is lenient about how a code or name is written, and strict
// about what it means: what may mean something else is not understood. ISO's
// numbers are not read, because other lists number countries otherwise: 158 is
// Taiwan, and Chile in the registers of Brazil. "Unknown" and such are not
// understood either: whoever wrote that was asked, and the answer may be any place.
func Read(text string) Reading {
	if len(text) > maxRead {
		return Reading{}
	}
	if r, ok := readCode(text); ok {
		return r
	}
	return readName(text)
}

// options are all places of which a text may be one.
func (r Reading) options() []Code {
	if r.Understood {
		return r.Codes
	}
	return r.Candidates
}

// readCode reads a text that has the form of a code.
func readCode(text string) (Reading, bool) {
	code := codeForm(text)
	if c, ok := canonical(code); ok {
		return Reading{Codes: []Code{c}, Understood: true}, true
	}
	r, ok := codeReadings()[code]
	return r, ok
}

var (
	dashes = strings.NewReplacer("_", "-", "‐", "-", "‑", "-", "–", "-", "—", "-", "−", "-", ".", "")
	blanks = regexp.MustCompile(`^([A-Z]{2})(?:\s*-\s*|\s+)([A-Z0-9]{1,4})$`)
)

// codeForm writes a text as codes are written. "UA 43" is UA-43, but "US DE" may
// be two countries, and stays as it is.
func codeForm(text string) string {
	s := upper(dashes.Replace(strings.Trim(text, " \t\r\n\u00a0\"'()[]")))
	m := blanks.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	if _, country := places()[Code(m[2])]; country && !strings.Contains(s, "-") {
		return s
	}
	return m[1] + "-" + m[2]
}

// upper is strings.ToUpper for ASCII only: some other letters would turn into it.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}

// codeReadings has what all codes say that Parse refuses.
var codeReadings = sync.OnceValue(func() map[string]Reading {
	all := maps.Clone(former())
	for code, p := range places() {
		if p.alpha3 != "" {
			all[p.alpha3] = oneOf(code)
		}
	}
	for code, r := range reserved {
		if r.use != "" {
			all[code] = oneOf(codes(r.use)...)
		}
	}
	for code, s := range retired() {
		all[code] = oneOf(codes(s.successors)...)
	}
	for alpha4, s := range dissolved {
		all[alpha4] = oneOf(codes(s.successors)...)
	}
	for _, t := range territories {
		for code := range strings.FieldsSeq(t.codes) {
			all[code] = t.reading
		}
	}
	return all
})

// parts has the subdivisions of each country.
var parts = sync.OnceValue(func() map[Code][]Code {
	all := map[Code][]Code{}
	for _, code := range slices.Sorted(maps.Keys(places())) {
		if len(code) > 2 {
			all[code.Country()] = append(all[code.Country()], code)
		}
	}
	return all
})
