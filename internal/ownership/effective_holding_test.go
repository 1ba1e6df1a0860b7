package ownership_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

func TestHoldingTellsWhoHasAPartOfAClearParty(t *testing.T) {
	tests := map[string]struct {
		reason, graph string
		undisclosed   bool
		want          []string
	}{
		"ThroughHoldersThatAreClear": {
			"no holder on the way is restricted either",
			"t:SG < 70 b; b:VG < 90 a; a:HK < 40 x:CN; a < 10 y:RU; z:RU", false,
			[]string{
				"coalition [x]", "  Shareholding 25.2-25.2, definite false, possible false: b 70-70",
				"coalition [y]", "  Shareholding 6.3-6.3, definite false, possible false: b 70-70",
			},
		},
		"Undisclosed": {
			"nobody in particular may hold a part",
			"t:SG < 40 a:HK; t < 60 ada/person:NL", true,
			[]string{"coalition []", "  Shareholding 0-40, definite false, possible false: a 40-40?"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Build(t, tc.graph)
			n := graphtest.Node(t, g, "t")
			rule := effectively(50*percent, ownership.MoreThan)
			rule.Aggregation, rule.UndisclosedPossible = ownership.SingleOwner, tc.undisclosed
			o := g.At(anyDay).Trace(rule, graphtest.Start(g, "CN", "RU"))
			if coalitions, leftOut := o.Restricting(n, 10); len(coalitions) > 0 || leftOut > 0 {
				t.Errorf("%s: %d coalitions restrict it", tc.reason, len(coalitions))
			}
			coalitions, _ := o.Holding(n, 10)
			if diff := cmp.Diff(tc.want, describe(g, n, coalitions, 10)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
