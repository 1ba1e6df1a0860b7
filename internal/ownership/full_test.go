package ownership

import "testing"

func TestWhatDoesNotFitInMakesTheGraphIncomplete(t *testing.T) {
	full := Builder{overflowed: true}
	full.AddParty(Party{Key: "left-out"})
	if !full.Full() {
		t.Fatal("a full builder took a party")
	}
	l, other := full.Layer(), new(Builder).Layer()
	for name, g := range map[string]*Graph{
		"base": NewGraph(l, nil), "top": NewGraph(nil, l), "named": NewGraph(l.Named("r"), nil), "merged": NewGraph(Merge(other, l), nil),
	} {
		if len(g.Missing()) != 1 {
			t.Errorf("%s: missing is %v: nobody may be Clear when something was left out", name, g.Missing())
		}
	}
	if g := NewGraph(other, other); len(g.Missing()) != 0 {
		t.Errorf("missing is %v, but all fitted in", g.Missing())
	}
}
