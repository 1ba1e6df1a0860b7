package svg

import (
	"fmt"
	"io"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Write draws the tree of a decision. The same decision always gives the same
// bytes.
func Write(w io.Writer, d residency.Decision, setting explain.Setting) error {
	p, err := newPicture(explain.NewDiagram(d, setting))
	if err != nil {
		return err
	}
	if _, err := w.Write(p.draw()); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}

// picture is a diagram with a place for everything.
type picture struct {
	*explain.Diagram
	boxes  []box
	labels []label
	layout layout
	ways   [][]point
	// turned says that it goes from left to right only because it would be too wide.
	turned bool
}

// comfortable is how wide a picture may be before it is tried from left to right, in
// pixels: what a landscape page has room for.
const comfortable = 1040

// seriousness makes the edges that matter straight and short.
var seriousness = map[explain.Counts]int{explain.Counted: 4, explain.PossiblyCounted: 2, explain.NotCounted: 1}

func newPicture(d *explain.Diagram) (*picture, error) {
	p := &picture{Diagram: d}
	g := graph{Sideways: d.Sideways(), Nodes: []size{}, Edges: []arc{}}
	for _, n := range d.Nodes {
		b := newBox(n)
		p.boxes = append(p.boxes, b)
		g.Nodes = append(g.Nodes, b.size)
	}
	for _, e := range d.Edges {
		l := newLabel(e)
		p.labels = append(p.labels, l)
		g.Edges = append(g.Edges, arc{From: e.From, To: e.To, Weight: seriousness[e.Counts], size: l.size})
	}
	var err error
	if p.layout, err = place(g); err != nil {
		return nil, err
	}
	if !g.Sideways && p.layout.Width > comfortable {
		g.Sideways = true
		turned, err := place(g)
		if err != nil {
			return nil, err
		}
		if turned.Width < p.layout.Width {
			p.layout, p.turned = turned, true
		} else {
			g.Sideways = false
		}
	}
	p.ways = ways(g, p.layout)
	return p, nil
}

// sideways says whether the picture goes from left to right.
func (p *picture) sideways() bool { return p.turned || p.Sideways() }
