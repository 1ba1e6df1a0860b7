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
	about := n.Seats
	if word := typeWord(n.Type); word != "" && n.Type != ownership.Company {
		about = append([]string{word}, n.Seats...)
	}
	if len(about) > 0 {
		lines = append(lines, wrapLabel(strings.Join(about, ", "), nameLines)...)
	}
	for i, says := range n.Says {
		if i == 0 {
			says = Symbol(n.Standing) + " " + says
		}
		lines = append(lines, wrapLabel(says, lineLimit)...)
	}
	return lines
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

// Notes lists the sources of the edges, by their number, and what is known of
// the parties.
func (d *Diagram) Notes() []string {
	var notes []string
	for _, e := range d.Edges {
		if e.Number == 0 {
			continue
		}
		var words []string
		for _, line := range e.Lines {
			for _, source := range line.Sources {
				words = append(words, line.Text+": "+source)
			}
		}
		notes = append(notes, "["+decimal(e.Number)+"] "+d.Nodes[e.From].Name+" in "+d.Nodes[e.To].Name+": "+strings.Join(words, "; "))
	}
	for _, n := range d.Nodes {
		if len(n.Details) > 0 {
			notes = append(notes, n.Name+": "+strings.Join(n.Details, "; "))
		}
	}
	return notes
}
