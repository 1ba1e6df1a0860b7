package svg

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"testing"
)

// dagreSum is what dagre/README.md says, so that nobody edits the library.
const dagreSum = "54a503e346f93ca0bb10abe7999587e037262935687aca45eb4e4b0f64bbb578"

func TestTheLayoutLibraryIsAsItWasPublished(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte(dagre))
	if got := hex.EncodeToString(sum[:]); got != dagreSum {
		t.Errorf("dagre.min.js has the checksum %s", got)
	}
}

// A company between two owners and a loop.
var loop = graph{
	Nodes: []size{{100, 40}, {100, 60}, {100, 40}, {100, 40}},
	Edges: []arc{
		{From: 1, To: 0, Weight: 1, size: size{30, 15}},
		{From: 2, To: 0, Weight: 1, size: size{30, 15}},
		{From: 3, To: 1, Weight: 1, size: size{30, 15}},
		{From: 0, To: 3, Weight: 1},
		{From: 2, To: 2, Weight: 1, size: size{30, 15}},
	},
}

func TestBoxesDoNotOverlap(t *testing.T) {
	t.Parallel()
	for _, sideways := range []bool{false, true} {
		g := loop
		g.Sideways = sideways
		l, err := place(g)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range l.Nodes {
			for j, b := range l.Nodes[:i] {
				if math.Abs(a.X-b.X) < (g.Nodes[i].Width+g.Nodes[j].Width)/2 && math.Abs(a.Y-b.Y) < (g.Nodes[i].Height+g.Nodes[j].Height)/2 {
					t.Errorf("sideways %v: boxes %d and %d overlap", sideways, i, j)
				}
			}
		}
	}
}

func TestEdgesEndAtTheSidesOfTheirBoxes(t *testing.T) {
	t.Parallel()
	for _, sideways := range []bool{false, true} {
		g := loop
		g.Sideways = sideways
		l, err := place(g)
		if err != nil {
			t.Fatal(err)
		}
		for i, way := range ways(g, l) {
			e := g.Edges[i]
			if e.From == e.To {
				if way != nil {
					t.Errorf("sideways %v: edge %d of a party to itself goes another way", sideways, i)
				}
				continue
			}
			for _, end := range []struct {
				node int
				at   point
			}{{e.From, way[0]}, {e.To, way[len(way)-1]}} {
				node, s := l.Nodes[end.node], g.Nodes[end.node]
				x, y := math.Abs(end.at.X-node.X)-s.Width/2, math.Abs(end.at.Y-node.Y)-s.Height/2
				if x > 0.01 || y > 0.01 || max(x, y) < -0.01 {
					t.Errorf("sideways %v: edge %d ends at %v, not at the box around %v", sideways, i, end.at, node)
				}
			}
			if len(way)%2 != 0 {
				t.Errorf("sideways %v: edge %d has %d points, which are no pairs", sideways, i, len(way))
			}
		}
	}
}

func TestNothingToLayOut(t *testing.T) {
	t.Parallel()
	l, err := place(graph{})
	if err != nil || len(l.Nodes) != 0 {
		t.Errorf("got %v, %v", l, err)
	}
}

func TestTextHasAWidth(t *testing.T) {
	t.Parallel()
	var widths []float64
	for _, s := range []string{"", "i", "m", "漢漢", "mm", "漢漢\u0301漢"} {
		widths = append(widths, nameFont.width(s))
	}
	if !slices.IsSorted(widths) || widths[0] != 0 || widths[1] == 0 {
		t.Errorf("the widths are %v", widths)
	}
	if lineFont.width("e\u0301") != lineFont.width("e") {
		t.Error("an accent has a width of its own")
	}
}
