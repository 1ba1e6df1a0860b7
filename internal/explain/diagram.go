package explain

import (
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Diagram is the tree of one decision as a graph, ready to be drawn: every
// party once, however often the tree comes by it, and what one party has in
// another in one edge. Everything is in a fixed order and bounded.
//
// All texts are single lines without control and formatting characters, but
// names among them come from users and registers: who writes them down in a
// format escapes them for it.
type Diagram struct {
	// Title says what is drawn, Facts what is found out and by which rule.
	Title string
	Facts []string
	Nodes []Node
	Edges []Edge
}

// Setting is what a decision does not say about itself.
type Setting struct {
	// At is the instant that the decision is about.
	At time.Time
	// From says what it was made from: "the cluster".
	From string
}

// Sort is what a node stands for.
type Sort uint8

// The sorts of nodes.
const (
	// PartyNode is a party.
	PartyNode Sort = iota
	// UndisclosedNode stands for whoever has what nobody has declared.
	UndisclosedNode
	// LeftOutNode stands for what a limit keeps out of the picture.
	LeftOutNode
)

// Node is a party, or what stands in the place of parties.
type Node struct {
	// ID is unique in the diagram: a letter and a number.
	ID   string
	Sort Sort
	// Standing and Type are those of a party.
	Standing residency.Standing
	Type     ownership.PartyType
	// Capacities say why the decision is about the party: "Customer of tenant
	// lantern". Other parties have none.
	Capacities []string
	Name       string
	// Seats says where the party sits: "HQ CN (blocked)".
	Seats []string
	// Says is what is found out: the standing and the sums behind it.
	Says []string
	// Quiet says that the party is clear and does not decide, while others do.
	Quiet bool
	// Details are for whoever looks the party up: identifiers and source.
	Details []string
}

// Counts says whether a holding counts towards a restriction.
type Counts uint8

// How holdings count.
const (
	NotCounted Counts = iota
	PossiblyCounted
	Counted
)

// Edge is all that one party has in another.
type Edge struct {
	// From is the index of the holder in Diagram.Nodes, To that of whom it
	// holds.
	From, To int
	// Counts is the most that one of the Lines has.
	Counts Counts
	// Number is what the sources of the edge are listed under, from 1 on; 0 if
	// there are none.
	Number int
	Lines  []Line
}

// Line is what one party has of one kind in another.
type Line struct {
	Kind ownership.Kind
	// Text is the amount: "40 %", "60 % of votes", "control". If it counts
	// differently from the edge as a whole, it says so.
	Text   string
	Counts Counts
	// Sources are the records behind the holding, with their dates.
	Sources []string
}

// Control reports whether one of the lines is control by other means.
func (e Edge) Control() bool {
	for _, line := range e.Lines {
		if line.Kind == ownership.Control {
			return true
		}
	}
	return false
}

// Standings are those that occur among the parties, the gravest first.
func (d *Diagram) Standings() []residency.Standing {
	var found []residency.Standing
	for _, standing := range []residency.Standing{
		residency.BySeat, residency.ByOwners, residency.MaybeRestricted,
		residency.Unknown, residency.NotFound, residency.Unconfirmed, residency.NotRestricted,
	} {
		for _, n := range d.Nodes {
			if n.Sort == PartyNode && n.Standing == standing {
				found = append(found, standing)
				break
			}
		}
	}
	return found
}

// Countings are the ways of counting that occur, the gravest first.
func (d *Diagram) Countings() []Counts {
	var found []Counts
	for _, counts := range []Counts{Counted, PossiblyCounted, NotCounted} {
		for _, e := range d.Edges {
			if e.Counts == counts && d.Nodes[e.From].Sort != LeftOutNode {
				found = append(found, counts)
				break
			}
		}
	}
	return found
}

// manyBeside is how many parties may stand beside each other in a picture from
// top to bottom. With more of them it goes from left to right, and grows
// downwards.
const manyBeside = 6

// Sideways says whether the picture is better drawn from left to right than
// from top to bottom: where many hold something in one party, or one in many.
func (d *Diagram) Sideways() bool {
	in, out := make([]int, len(d.Nodes)), make([]int, len(d.Nodes))
	for _, e := range d.Edges {
		in[e.To]++
		out[e.From]++
		if in[e.To] > manyBeside || out[e.From] > manyBeside {
			return true
		}
	}
	return false
}

// Symbol is a character for a standing, for whoever does not see colours. All
// are in the fonts that are everywhere.
func Symbol(s residency.Standing) string {
	return map[residency.Standing]string{
		residency.BySeat:          "■",
		residency.ByOwners:        "▲",
		residency.MaybeRestricted: "◐",
		residency.Unknown:         "?",
		residency.NotFound:        "∅",
		residency.Unconfirmed:     "?",
		residency.NotRestricted:   "○",
	}[s]
}

// String is how a holding counts, for people.
func (c Counts) String() string {
	return map[Counts]string{
		Counted: "counts", PossiblyCounted: "possibly counts", NotCounted: "does not count",
	}[c]
}

// StandingText is a standing in words for people, such as "restricted by its
// owners".
func StandingText(s residency.Standing) string { return standingPhrase(s) }
