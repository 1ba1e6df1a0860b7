package explain

import (
	"fmt"
	"io"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// noteWidth is where the notes of a DOT graph wrap, in characters.
const noteWidth = 100

// DOT writes the tree of a decision in the language of Graphviz.
func DOT(w io.Writer, d residency.Decision, setting Setting) error {
	if _, err := io.WriteString(w, dotText(NewDiagram(d, setting))); err != nil {
		return fmt.Errorf("write the diagram: %w", err)
	}
	return nil
}

func dotText(d *Diagram) string {
	var out strings.Builder
	direction := "TB"
	if d.Sideways() {
		direction = "LR"
	}
	fmt.Fprintf(&out, "digraph ownership {\n  graph [label=%s, labelloc=t, labeljust=l, rankdir=%s, charset=\"UTF-8\", fontname=\"Helvetica\", fontsize=13, bgcolor=\"#ffffff\", pad=0.3, nodesep=0.35, ranksep=0.5]\n",
		dotLines(dotNotes(append([]string{d.Title}, d.Facts...)), `\l`), direction)
	out.WriteString("  node [fontname=\"Helvetica\", fontsize=12, margin=\"0.15,0.08\"]\n")
	out.WriteString("  edge [fontname=\"Helvetica\", fontsize=11]\n")
	for _, n := range d.Nodes {
		fmt.Fprintf(&out, "  %s [label=%s, tooltip=%s, %s]\n", n.ID, dotLines(labelLines(n), `\n`), dotLines(tooltipOf(n), `\n`), dotLook(n))
	}
	for _, e := range d.Edges {
		var sources []string
		for _, line := range e.Lines {
			sources = append(sources, line.Text)
			sources = append(sources, line.Sources...)
		}
		tooltip := dotLines(append([]string{d.Nodes[e.From].Name + " in " + d.Nodes[e.To].Name}, sources...), `\n`)
		fmt.Fprintf(&out, "  %s -> %s [label=%s, tooltip=%s, labeltooltip=%s, %s]\n",
			d.Nodes[e.From].ID, d.Nodes[e.To].ID, dotLines(edgeLines(e), `\n`), tooltip, tooltip, dotStroke(d, e))
	}
	var about []string
	if legend := d.arrowLegend(); legend != "" {
		about = append(about, legend)
	}
	about = append(about, bounded(d.notes(), noteLimit)...)
	if len(about) > 0 {
		fmt.Fprintf(&out, "  about [shape=note, color=\"#777777\", fontsize=10, label=%s, tooltip=\"sources\"]\n", dotLines(dotNotes(about), `\l`))
	}
	out.WriteString("}\n")
	return out.String()
}

func dotNotes(notes []string) []string {
	var lines []string
	for _, note := range notes {
		lines = append(lines, Wrap(note, noteWidth, nameLines+lineLimit, columns)...)
	}
	return lines
}

func tooltipOf(n Node) []string {
	if n.Sort != PartyNode {
		return []string{n.Name}
	}
	return append([]string{n.Name}, append(n.Details, n.Says...)...)
}

func dotLook(n Node) string {
	shape := map[ownership.PartyType]string{
		ownership.Person: "ellipse", ownership.State: "hexagon", ownership.Arrangement: "tab", ownership.JointArrangement: "tab",
	}[n.Type]
	if shape == "" {
		shape = "box"
	}
	if n.Sort != PartyNode {
		return `shape=box, style="rounded,dotted", color="#333333"`
	}
	if n.Quiet {
		return "shape=" + shape + `, style="solid", color="#999999", fontcolor="#555555"`
	}
	return "shape=" + shape + ", " + map[residency.Standing]string{
		residency.BySeat:          `style=filled, fillcolor="#7f1d1d", fontcolor="#ffffff", color="#000000", penwidth=2, peripheries=2`,
		residency.ByOwners:        `style=filled, fillcolor="#fdecea", color="#7f1d1d", penwidth=3`,
		residency.MaybeRestricted: `style="filled,dashed", fillcolor="#fff6e0", color="#6b4400", penwidth=2.5`,
		residency.Unknown:         `style="filled,dashed", fillcolor="#f2f2f2", color="#333333"`,
		residency.Unconfirmed:     `style="filled,dashed", fillcolor="#f2f2f2", color="#333333"`,
		residency.NotFound:        `style="dotted", color="#333333"`,
		residency.NotRestricted:   `style="solid", color="#333333"`,
	}[n.Standing]
}

func dotStroke(d *Diagram, e Edge) string {
	tail := ""
	if e.Control() {
		tail = ", dir=both, arrowtail=diamond"
	}
	switch {
	case d.Nodes[e.From].Sort == LeftOutNode:
		return `style=dotted, color="#555555", arrowhead=none`
	case e.Counts == Counted:
		return `style=solid, penwidth=2.5, color="#000000"` + tail
	case e.Counts == PossiblyCounted:
		return `style=dashed, penwidth=2, color="#000000", arrowhead=empty` + tail
	default:
		return `style=solid, penwidth=0.8, color="#444444", arrowhead=open` + tail
	}
}

// dotLines writes a quoted string: lines end as end says, and nothing in them
// is an escape or an entity.
func dotLines(lines []string, end string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
	var out strings.Builder
	for i, line := range lines {
		if i > 0 && end == `\n` {
			out.WriteString(end)
		}
		out.WriteString(escape.Replace(line))
		if end == `\l` {
			out.WriteString(end)
		}
	}
	return `"` + out.String() + `"`
}
