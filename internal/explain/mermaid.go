package explain

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// maxMermaid is how much text Mermaid draws unless its page allows for more
// (maxTextSize), in bytes, with some room to spare.
const maxMermaid = 48_000

// Mermaid writes the tree of a decision as a Mermaid flowchart. If it is too
// large for Mermaid, more is left out of it.
func Mermaid(w io.Writer, d residency.Decision, setting Setting) error {
	text := mermaidText(NewDiagram(d, setting))
	for parties := maxDrawn / 2; len(text) > maxMermaid && parties > 0; parties /= 2 {
		text = mermaidText(diagramOf(d, setting, parties))
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write the diagram: %w", err)
	}
	return nil
}

func mermaidText(d *Diagram) string {
	var out strings.Builder
	direction := "TB"
	if d.Sideways() {
		direction = "LR"
	}
	fmt.Fprintf(&out, "---\ntitle: %s\nconfig:\n  flowchart:\n    wrappingWidth: 420\n---\nflowchart %s\n", yamlString(d.Title), direction)
	fmt.Fprintf(&out, "  accTitle: %s\n  accDescr {\n", mermaidPlain(strings.ReplaceAll(d.Title, ";", " ")))
	for _, fact := range d.Facts {
		fmt.Fprintf(&out, "    %s\n", mermaidPlain(fact))
	}
	out.WriteString("  }\n")
	for _, n := range d.Nodes {
		open, end := mermaidShape(n)
		fmt.Fprintf(&out, "  %s%s\"%s\"%s:::%s\n", n.ID, open, mermaidLines(labelLines(n)), end, mermaidClass(n))
	}
	for _, e := range d.Edges {
		fmt.Fprintf(&out, "  %s %s", d.Nodes[e.From].ID, mermaidArrow(d, e))
		if lines := edgeLines(e); len(lines) > 0 {
			fmt.Fprintf(&out, "|\"%s\"|", mermaidLines(lines))
		}
		fmt.Fprintf(&out, " %s\n", d.Nodes[e.To].ID)
	}
	about := append([]string{}, d.Facts...)
	if legend := d.arrowLegend(); legend != "" {
		about = append(about, legend)
	}
	about = append(about, bounded(d.notes(), noteLimit)...)
	fmt.Fprintf(&out, "  about[\"%s\"]:::note\n", mermaidLines(about))
	if len(d.Nodes) > 0 {
		// Below everything else, where it needs no room between others.
		fmt.Fprintf(&out, "  %s ~~~ about\n", d.Nodes[0].ID)
	}
	for _, class := range mermaidClasses {
		fmt.Fprintf(&out, "  classDef %s %s\n", class.name, class.style)
	}
	return out.String()
}

// arrowLegend says what the lines mean that occur.
func (d *Diagram) arrowLegend() string {
	var words []string
	for _, counts := range d.Countings() {
		line := map[Counts]string{Counted: "thick line", PossiblyCounted: "broken line", NotCounted: "thin line"}[counts]
		words = append(words, line+" "+counts.String())
	}
	if len(words) == 0 {
		return ""
	}
	return "Arrows go from the holder: " + strings.Join(words, ", ")
}

func mermaidShape(n Node) (open, end string) {
	switch {
	case n.Sort != PartyNode:
		return "(", ")"
	case n.Type == ownership.Person:
		return "([", "])"
	case n.Type == ownership.State:
		return "{{", "}}"
	case n.Type == ownership.Arrangement || n.Type == ownership.JointArrangement:
		return "[/", "/]"
	default:
		return "[", "]"
	}
}

func mermaidArrow(d *Diagram, e Edge) string {
	switch {
	case d.Nodes[e.From].Sort == LeftOutNode:
		return "-.-"
	case e.Counts == Counted:
		return "==>"
	case e.Counts == PossiblyCounted:
		return "-.->"
	default:
		return "-->"
	}
}

// mermaidClasses carry no meaning that the text and the frame do not: all are
// told apart in black and white.
var mermaidClasses = []struct{ name, style string }{
	{"bySeat", "fill:#7f1d1d,color:#ffffff,stroke:#000000,stroke-width:5px"},
	{"byOwners", "fill:#fdecea,color:#1a1a1a,stroke:#7f1d1d,stroke-width:4px"},
	{"maybe", "fill:#fff6e0,color:#1a1a1a,stroke:#6b4400,stroke-width:3px,stroke-dasharray:9 4"},
	{"unknown", "fill:#f2f2f2,color:#1a1a1a,stroke:#333333,stroke-width:2px,stroke-dasharray:4 3"},
	{"notFound", "fill:#ffffff,color:#1a1a1a,stroke:#333333,stroke-width:2px,stroke-dasharray:2 4"},
	{"clear", "fill:#ffffff,color:#1a1a1a,stroke:#333333,stroke-width:1px"},
	{"quiet", "fill:#ffffff,color:#555555,stroke:#999999,stroke-width:1px"},
	{"aside", "fill:#f2f2f2,color:#1a1a1a,stroke:#333333,stroke-width:1px,stroke-dasharray:2 4"},
	{"note", "fill:#ffffff,color:#1a1a1a,stroke:#bbbbbb,stroke-width:1px,text-align:left"},
}

func mermaidClass(n Node) string {
	if n.Sort != PartyNode {
		return "aside"
	}
	if n.Quiet {
		return "quiet"
	}
	return map[residency.Standing]string{
		residency.BySeat: "bySeat", residency.ByOwners: "byOwners", residency.MaybeRestricted: "maybe",
		residency.Unknown: "unknown", residency.Unconfirmed: "unknown", residency.NotFound: "notFound", residency.NotRestricted: "clear",
	}[n.Standing]
}

func mermaidLines(lines []string) string {
	escaped := make([]string, 0, len(lines))
	for _, line := range lines {
		escaped = append(escaped, mermaidEscape(line))
	}
	return strings.Join(escaped, "<br/>")
}

// mermaidEscape leaves letters, digits and what is harmless everywhere, and
// writes everything else as Mermaid's own numeric entities: a quote would end
// the label, markup would be read as HTML, two percent signs with a brace are a
// directive wherever they stand. Mermaid takes a backslash with an n for a line
// break, so a sign that looks like one stands for it.
func mermaidEscape(s string) string {
	var out strings.Builder
	runes := []rune(strings.ReplaceAll(s, `\`, "∖"))
	for i, r := range runes {
		percent := r == '%' && i > 0 && runes[i-1] == ' ' && (i+1 == len(runes) || strings.ContainsRune(" ,;:).", runes[i+1]))
		// A list or a heading at the beginning would be read as Markdown.
		if r == '#' || r > unicode.MaxASCII && !unicode.IsPrint(r) || !percent && !mermaidHarmless(r) || i == 0 && !unicode.IsLetter(r) && r < unicode.MaxASCII && !unicode.IsDigit(r) {
			out.WriteString("#" + strconv.Itoa(int(r)) + ";")
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

func mermaidHarmless(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r > unicode.MaxASCII || strings.ContainsRune(" ,.-()/'", r)
}

// mermaidPlain is for the descriptions, which know no entities: everything
// unusual becomes a space.
func mermaidPlain(s string) string {
	return oneLine(strings.Map(func(r rune) rune {
		if mermaidHarmless(r) || strings.ContainsRune(":%;", r) {
			return r
		}
		return ' '
	}, s), maxSentence)
}

// yamlString writes a string of YAML. JSON's are strings of YAML.
func yamlString(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""` // A string can always be written.
	}
	return string(text)
}
