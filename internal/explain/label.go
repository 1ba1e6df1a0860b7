package explain

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// The lines that Mermaid and DOT have in common; only their escapes differ.

const (
	nameLines = 3
	lineLimit = 2
	noteLimit = 40 // sources in a note
)

// labelLines are the lines of a node: what it is, where it sits, what is found
// out about it.
func labelLines(n Node) []string {
	if n.Sort != PartyNode {
		return wrapLabel(n.Name, nameLines)
	}
	var lines []string
	for _, c := range n.Capacities {
		lines = append(lines, wrapLabel(c, lineLimit)...)
	}
	lines = append(lines, wrapLabel(n.Name, nameLines)...)
	lines = append(lines, wrapLabel(n.About(), nameLines)...)
	for i, says := range n.Says {
		if i == 0 {
			says = Symbol(n.Standing) + " " + says
		}
		lines = append(lines, wrapLabel(says, lineLimit)...)
	}
	return lines
}

// About is the type of a party, unless it is a company, and where it sits.
func (n Node) About() string {
	about := n.Seats
	if word := typeWord(n.Type); word != "" && n.Type != ownership.Company && (n.Type != ownership.State || len(about) == 0) {
		about = append([]string{word}, n.Seats...)
	}
	return strings.Join(about, ", ")
}

// edgeLines are the lines of an edge, with the number of its sources.
func edgeLines(e Edge) []string {
	var lines []string
	for _, line := range e.Lines {
		lines = append(lines, line.Text)
	}
	if e.Number > 0 && len(lines) > 0 {
		lines[len(lines)-1] += " [" + decimal(e.Number) + "]"
	}
	return lines
}

// notes are the sources and particulars.
func (d *Diagram) notes() []string { return append(d.Sources(), d.Particulars()...) }

// Sources lists the records behind the edges, by the numbers of the edges.
func (d *Diagram) Sources() []string {
	var notes []string
	for _, e := range d.Edges {
		if e.Number == 0 {
			continue
		}
		var words []string
		for _, line := range e.Lines {
			if len(line.Sources) > 0 {
				words = append(words, line.Text+": "+strings.Join(line.Sources, "; "))
			}
		}
		notes = append(notes, "["+decimal(e.Number)+"] "+d.Nodes[e.From].Name+" in "+d.Nodes[e.To].Name+", "+strings.Join(words, "; "))
	}
	return notes
}

// Particulars lists the identifiers and sources of the parties.
func (d *Diagram) Particulars() []string {
	var notes []string
	for _, n := range d.Nodes {
		if len(n.Details) > 0 {
			notes = append(notes, n.Name+": "+strings.Join(n.Details, "; "))
		}
	}
	return notes
}
