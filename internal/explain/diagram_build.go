package explain

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// What a picture has room for. The tree as text or JSON goes further.
const (
	maxDrawn     = 120 // parties
	clearlyDrawn = 24  // parties, if not more of them decide
	maxDrawnArcs = 240 // edges between them
	maxSums      = 4   // sums at one party
	maxParts     = 3   // parts in which one holding counts
	maxAbout     = 4   // roles of one party, findings without one
)

// NewDiagram turns the tree of a decision into a graph.
func NewDiagram(d residency.Decision, setting Setting) *Diagram {
	return diagramOf(d, setting, maxDrawn)
}

// diagramOf draws at most so many parties.
func diagramOf(d residency.Decision, setting Setting, parties int) *Diagram {
	s := collect(d)
	b := &diagramBuilder{sketches: s, diagram: &Diagram{Title: titleOf(d, s)}, index: map[string]int{}}
	b.draw(parties)
	b.diagram.Facts = factsOf(d, setting)
	if b.leftOut > 0 {
		b.diagram.Facts = append(b.diagram.Facts,
			fmt.Sprintf("Holdings that are left out of the picture: %d; text and JSON have more room.", b.leftOut))
	}
	return b.diagram
}

type diagramBuilder struct {
	*sketches
	diagram *Diagram
	index   map[string]int // of drawn parties, by label
	leftOut int
}

func (b *diagramBuilder) draw(parties int) {
	picked, deciding := b.pick(parties)
	for i, label := range picked {
		b.index[label] = i
		n := b.party(b.parties[label])
		n.Quiet = i >= deciding && n.Standing == residency.NotRestricted && b.restricts()
		b.add(n)
	}
	arcs, number := 0, 0
	for to, label := range picked {
		party := b.parties[label]
		left := party.leftOut
		for _, l := range party.links {
			from, drawn := b.index[l.holder]
			if !drawn || arcs == maxDrawnArcs {
				left++
				continue
			}
			arcs++
			e := b.edge(from, to, l.lines)
			if e.hasSources() {
				number++
				e.Number = number
			}
			b.diagram.Edges = append(b.diagram.Edges, e)
		}
		if len(party.undisclosed) > 0 {
			from := b.add(Node{Sort: UndisclosedNode, Name: "undisclosed"})
			b.diagram.Edges = append(b.diagram.Edges, b.edge(from, to, party.undisclosed))
		}
		if n := &b.diagram.Nodes[to]; left > 0 && (n.Quiet || party.bySeat()) {
			n.Says = append(n.Says, "its owners are not drawn")
		} else if left > 0 {
			from := b.add(Node{Sort: LeftOutNode, Name: leftOut(left)})
			b.diagram.Edges = append(b.diagram.Edges, Edge{From: from, To: to})
			b.leftOut += left
		}
	}
}

// add gives a node its ID and returns its index.
func (b *diagramBuilder) add(n Node) int {
	index := len(b.diagram.Nodes)
	n.ID = "n" + strconv.Itoa(index+1)
	b.diagram.Nodes = append(b.diagram.Nodes, n)
	return index
}

func (b *diagramBuilder) party(p *sketch) Node {
	c := p.cause
	n := Node{
		Standing: c.Standing, Type: c.Type, Name: nameOf(c),
		Capacities: bounded(p.capacities, maxAbout), Seats: seatsOf(c),
		Says: []string{standingPhrase(c.Standing)},
	}
	for i, t := range p.tallies {
		if i == maxSums {
			n.Says = append(n.Says, leftOut(len(p.tallies)-i))
			break
		}
		n.Says = append(n.Says, b.sum(t))
	}
	for _, id := range c.Identifiers {
		n.Details = append(n.Details, clean(id.Scheme)+" "+clean(id.ID))
	}
	source := clean(c.Source)
	if label := clean(c.Label); len(c.Identifiers) == 0 && !strings.Contains(source, strings.TrimPrefix(label, "entity/")) && label != n.Name {
		n.Details = append(n.Details, label)
	}
	if source != "" && source != n.Name {
		n.Details = append(n.Details, source)
	}
	return n
}

// sum says what is held together in a party, and what follows from it.
func (b *diagramBuilder) sum(t residency.Tally) string {
	whose := ""
	if t.Country != "" {
		whose = " from " + string(t.Country)
	} else if t.Owner != "" {
		owner := clean(t.Owner)
		if p := b.parties[t.Owner]; p != nil {
			owner = nameOf(p.cause)
		}
		whose = " by " + owner
	}
	follows := ": does not suffice"
	switch {
	case t.Definite:
		follows = ": restricts"
	case t.Possible:
		follows = ": may restrict"
	}
	if b.rule.Method == ownership.Either {
		follows += ", by " + methodWord(t.Method)
	}
	switch {
	case t.Kind == ownership.Control && t.Method == ownership.Effective:
		return sumText(t) + " by control" + whose + follows
	case t.Kind == ownership.Control:
		return "control by other means" + whose + follows
	}
	what := " of shares"
	if t.Kind == ownership.VotingRights {
		what = " of votes"
	}
	return sumText(t) + what + whose + follows
}

func (b *diagramBuilder) edge(from, to int, lines []drawnLine) Edge {
	e := Edge{From: from, To: to}
	for _, line := range lines {
		e.Counts = max(e.Counts, line.Counts)
	}
	for _, line := range lines {
		if parts := atMost(line.parts, maxParts); b.rule.Method == ownership.Either && parts != "" {
			line.Text += " (by Effective " + parts + ")"
		} else if parts != "" {
			line.Text += " " + parts
		}
		if line.Counts != e.Counts {
			line.Text += " (" + line.Counts.String() + ")"
		}
		e.Lines = append(e.Lines, line.Line)
	}
	return e
}

func (e Edge) hasSources() bool {
	for _, line := range e.Lines {
		if len(line.Sources) > 0 {
			return true
		}
	}
	return false
}

func titleOf(d residency.Decision, s *sketches) string {
	title := "Who is behind "
	switch {
	case d.Tenant != "":
		title += "tenant " + clean(d.Tenant)
	case len(s.roots) > 0:
		title += nameOf(s.parties[s.roots[0]].cause)
	default:
		title = "Ownership"
	}
	if d.Policy != "" {
		title += ", by policy " + clean(d.Policy)
	}
	return title
}

func factsOf(d residency.Decision, setting Setting) []string {
	verdict := fmt.Sprintf("%s (%s): %s", d.Verdict, d.Reason, d.Action)
	if !d.EffectiveFrom.IsZero() {
		verdict += fmt.Sprintf(", from %s on %s", d.EffectiveFrom.UTC().Format(time.RFC3339), d.Then)
	}
	facts := []string{verdict, "Why: " + Sentence(d)}
	var without []string
	for _, f := range d.Findings {
		if f.Cause == nil {
			without = append(without, fmt.Sprintf("Tenant %s: %s", clean(f.Tenant), f.Reason))
		}
	}
	facts = append(facts, bounded(without, maxAbout)...)
	if d.Policy != "" && d.Reason != residency.PolicyInvalid {
		facts = append(facts, "Rule: "+ruleText(d.Rule))
	}
	asOf := ""
	if !setting.At.IsZero() {
		asOf = "As of " + setting.At.UTC().Format(time.RFC3339)
	}
	if from := clean(setting.From); from != "" && asOf != "" {
		asOf += ", from " + from
	}
	if asOf != "" {
		facts = append(facts, asOf)
	}
	return facts
}

// bounded keeps the first of a list and says how many are left out.
func bounded(list []string, limit int) []string {
	if len(list) <= limit {
		return list
	}
	return append(list[:limit:limit], leftOut(len(list)-limit))
}
