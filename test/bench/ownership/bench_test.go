package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// TestPrintsATableBesideThePreviousRun runs all measurements at the small size,
// and alone, since they count allocations.
func TestPrintsATableBesideThePreviousRun(t *testing.T) {
	store := filepath.Join(t.TempDir(), "bin", "bench.json")
	for again := range 2 {
		var out, progress strings.Builder
		if err := run(t.Context(), []string{"-store", store, "-patience", "1ms"}, &out, &progress); err != nil {
			t.Fatal(err)
		}
		for _, row := range []string{"build the layer", "read the compiled file", "first verdict", "prototype", "Either, SingleOwner", "for each party"} {
			if !strings.Contains(out.String(), row) {
				t.Errorf("no row about %q in\n%s", row, &out)
			}
		}
		if previous := strings.Contains(out.String(), " %"); previous != (again == 1) {
			t.Errorf("run %d is compared with a previous one: %t\n%s", again, previous, &out)
		}
	}
}

func TestTheRuleAgreesWithThePrototype(t *testing.T) {
	t.Parallel()
	s, err := sizeOf("small")
	if err != nil {
		t.Fatal(err)
	}
	s.register = s.register.Sized(20_000)
	var b ownership.Builder
	s.register.Build(&b)
	g := b.Build()
	v, seeds := g.At(at), start(g)
	r := rule()
	r.ControlRestricts = false
	if got, want := definite(v.Trace(r, seeds), g), float64(newPrototype(v, seeds.Seeds).cascade()); got != want {
		t.Errorf("the rule restricts %v parties, the prototype %v", got, want)
	}
}

func TestRefusesASizeThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), []string{"-sizes", "huge"}, &out, &out); err == nil || !strings.Contains(err.Error(), "gleif") {
		t.Errorf("got %v", err)
	}
}
