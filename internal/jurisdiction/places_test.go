package jurisdiction

import (
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
				if steps++; steps > 4 {
					t.Fatalf("%s is part of itself", code)
				}
			}
		default:
			t.Errorf("%q has no shape of a code", code)
		}
	}
	// 249 countries and Kosovo; 5070 subdivisions without the 30 that are
	// countries. A refresh of the list changes the second number.
	if countries != 250 || subdivisions != 5070-30 {
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
		if own.Country() == Code(code).Country() {
			t.Errorf("%s is read as %s of the same country", code, own)
		}
	}
}

func TestWhatIsRefusedWithAHintIsNoCode(t *testing.T) {
	for code := range retired {
		if _, ok := places()[Code(code)]; ok {
			t.Errorf("%s is in use", code)
		}
	}
	for code := range reserved {
		if _, ok := places()[Code(code)]; ok {
			t.Errorf("%s is in use", code)
		}
	}
	for code, use := range retiredSubdivision {
		if _, ok := places()[Code(code)]; ok {
			t.Errorf("%s is in use", code)
		}
		if _, ok := places()[use]; !ok {
			t.Errorf("%s, the successor of %s, is no code", use, code)
		}
	}
}
