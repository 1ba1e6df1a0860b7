package explain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/explaintest"
)

// TestWhoIsDrawn: what decides comes first and is loud, what does not is quiet or left out.
func TestWhoIsDrawn(t *testing.T) {
	t.Parallel()
	crowd := "t:SG < 60 a; a:HK < 60 group; group:CN"
	for i := range 40 {
		crowd += fmt.Sprintf("; t < 1 m%02d; m%02[1]d:SG", i)
	}
	for name, tc := range map[string]struct {
		reason, graph string
		want          string // loud parties, then quiet ones
		leftOut       int    // boxes that say that more is left out
	}{
		"its own seat": {
			"where it sits decides, whoever owns it", "t:CN < 60 a; a:SG < 100 b; b:CN", "t", 0,
		},
		"a path beside others": {
			"who owns a clear holder that does not count matters to nobody",
			"t:SG < 60 a; t < 30 m; t < 10 n; a:HK < 60 group; a < 40 o; group:CN < 100 p; m:SG < 100 q; n:SG; o:SG < 100 r; p:SG; q:SG; r:SG",
			"t a group, m n o", 0,
		},
		"another that is restricted": {
			"it is drawn why, though it does not suffice",
			"t:SG < 60 a; t < 30 m; a:CN; m:SG < 60 b; b:CN < 60 c; c:SG", "t a m b", 0,
		},
		"nobody is restricted": {
			"then whoever is known is the answer", "t:SG < 60 a; a:HK < 60 b; b:VG < 60 c; c:NL", "t a b c", 0,
		},
		"a crowd": {
			"a picture has room for some", crowd, "t a group, " + strings.TrimSpace(numbered(21)), 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := explain.NewDiagram(explaintest.Case{Graph: tc.graph, Names: keys(tc.graph)}.Decision(t), explaintest.Setting)
			var loud, quiet []string
			leftOut := 0
			for _, n := range d.Nodes {
				switch {
				case n.Sort == explain.LeftOutNode:
					leftOut++
				case n.Quiet:
					quiet = append(quiet, n.Name)
				default:
					loud = append(loud, n.Name)
				}
			}
			got := strings.Join(loud, " ")
			if quiet != nil {
				got += ", " + strings.Join(quiet, " ")
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || leftOut != tc.leftOut {
				t.Errorf("%s: %d boxes say that more is left out, want %d (-want +got):\n%s", tc.reason, leftOut, tc.leftOut, diff)
			}
		})
	}
}

func numbered(n int) string {
	out := ""
	for i := range n {
		out += fmt.Sprintf(" m%02d", i)
	}
	return out
}

// keys names each party by its key.
func keys(graph string) map[string]string {
	names := map[string]string{}
	for word := range strings.FieldsSeq(strings.NewReplacer(";", " ", ":", " ").Replace(graph)) {
		names[word] = word
	}
	return names
}
