package jurisdiction

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestTheListIsWhole(t *testing.T) {
	countries, subdivisions := 0, 0
	for code, p := range places() {
		if p.name == "" || p.name != strings.TrimSpace(p.name) {
			t.Errorf("%s has the name %q", code, p.name)
		}
		switch {
		case countryShape.MatchString(string(code)):
			countries++
			if !alpha3Shape.MatchString(p.alpha3) {
				t.Errorf("%s has the alpha-3 code %q", code, p.alpha3)
			}
		case subdivisionShape.MatchString(string(code)):
			subdivisions++
			if _, ok := places()[code.Country()]; !ok {
				t.Errorf("%s is in no country", code)
			}
			if _, ok := places()[p.within]; p.within != "" && (!ok || p.within.Country() != code.Country()) {
				t.Errorf("%s is part of %s", code, p.within)
			}
			for at, steps := code, 0; at != ""; at = at.Parent() {
				if steps++; steps > 5 {
					t.Fatalf("%s is part of itself", code)
				}
			}
		default:
			t.Errorf("%q has no shape of a code", code)
		}
	}
	// 249 countries and Kosovo; 5070 subdivisions without the 31 that are
	// countries. A refresh of the list changes the second number.
	if countries != 250 || subdivisions != 5070-31 {
		t.Errorf("there are %d countries and %d subdivisions", countries, subdivisions)
	}
	if lines := strings.Count(iso3166, "\n") - strings.Count(iso3166, "#"); lines != 249+5070 {
		t.Errorf("the list has %d codes", lines)
	}
}

func TestEveryPlaceWithACodeOfItsOwnIsReadAsThat(t *testing.T) {
	for _, code := range slices.Sorted(maps.Keys(ownCode)) {
		own := ownCode[code]
		if _, ok := places()[own]; !ok {
			t.Errorf("%s is read as %s, which is no code", code, own)
		}
		if _, ok := places()[Code(code)]; ok {
			t.Errorf("%s is canonical, and so is %s", code, own)
		}
		if own.Country() == Code(code).Country() && code != "GB-UKM" {
			t.Errorf("%s is read as %s of the same country", code, own)
		}
	}
}

func TestWhatIsRefusedWithAHintIsNoCode(t *testing.T) {
	for code := range retired() {
		if _, ok := places()[Code(code)]; ok {
			t.Errorf("%s is in use", code)
		}
	}
	for code := range reserved {
		if _, ok := places()[Code(code)]; ok {
			t.Errorf("%s is in use", code)
		}
	}
}

func TestWhatIsReadIsMadeOfCodes(t *testing.T) {
	for what, all := range map[string]map[string]Reading{"code": codeReadings(), "name": nameReadings()} {
		for text, r := range all {
			if what == "code" {
				if _, ok := canonical(text); ok {
					t.Errorf("the code %s is in use, and in a table of others", text)
				}
			}
			if len(r.Codes)+len(r.Candidates) == 0 || r.Understood && r.Candidates != nil {
				t.Errorf("%s %s reads as %v", what, text, r)
			}
			for _, c := range slices.Concat(r.Codes, r.Candidates) {
				if _, ok := places()[c]; !ok {
					t.Errorf("%s %s reads as %s, which is no code", what, text, c)
				}
			}
		}
	}
}

// What stands in two tables is a mistake in one of them.
func TestNoNameIsGivenTwice(t *testing.T) {
	seen := map[string]string{}
	give := func(name, to string) {
		for _, key := range keys(name) {
			if before, ok := seen[key]; ok && before != to {
				t.Errorf("%s is %s and %s", name, before, to)
			}
			seen[key] = to
		}
	}
	for name, list := range ambiguous {
		give(name, list)
	}
	for _, s := range dissolved {
		for _, name := range append([]string{s.name}, s.names...) {
			give(name, s.successors)
		}
	}
	for _, s := range territories {
		for _, name := range s.names {
			give(name, fmt.Sprint(s.reading))
		}
	}
	for code, names := range aliases {
		for _, name := range names {
			give(name, string(code))
		}
	}
}

func TestMergedCodesAreInUseNoLonger(t *testing.T) {
	for code, to := range merged {
		if _, ok := canonical(code); ok {
			t.Errorf("%s is in use", code)
		}
		for _, c := range codes(to) {
			if _, ok := places()[c]; !ok {
				t.Errorf("%s became %s, which is no code", code, c)
			}
		}
	}
}
