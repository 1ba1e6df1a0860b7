package jurisdiction_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// severalPlaces has the names of the sources that data uses for several places.
var severalPlaces = map[string]string{
	"Congo":      "CD CG",
	"Georgia":    "GE US-GA", // companies of the American state are of "Georgia", too
	"St. Martin": "MF SX",
}

func TestEveryNameOfTheSourcesReadsAsItsCode(t *testing.T) {
	text, err := os.ReadFile("names.txt")
	if err != nil {
		t.Fatal(err)
	}
	countries := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		countries++
		fields := strings.Split(strings.TrimSpace(line), "\t")
		code := jurisdiction.Code(fields[0])
		// What this version of CLDR says, if the file was written from another.
		names := slices.Concat(fields[1:], []string{display.English.Regions().Name(language.MustParseRegion(fields[0])), jurisdiction.Name(code)})
		for _, name := range names {
			for _, way := range []string{name, strings.ToUpper(name), strings.ToLower(name), "  " + strings.ReplaceAll(name, " ", "  ") + "\n",
				strings.ReplaceAll(name, " ", "_"), withoutMarks(name), norm.NFD.String(name), strings.ReplaceAll(name, "&", "and")} {
				got := jurisdiction.Read(way)
				want := jurisdiction.Reading{Codes: []jurisdiction.Code{code}, Understood: true}
				if list, ok := severalPlaces[name]; ok {
					if got.Understood || !slices.Equal(got.Candidates, codes(t, list)) {
						t.Errorf("%q reads as %v, want one of %s", way, got, list)
					}
					continue
				}
				if got.Understood != want.Understood || !slices.Equal(got.Codes, want.Codes) {
					t.Errorf("%q reads as %v, want %s", way, got, code)
				}
			}
		}
	}
	if countries != 250 {
		t.Errorf("the list has %d countries", countries)
	}
}

// withoutMarks takes the diacritics away with the library that knows all of them.
func withoutMarks(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(name))
}
