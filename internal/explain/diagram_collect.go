package explain

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// sketch is all that the places of the tree say about one party.
type sketch struct {
	cause      *residency.Cause
	capacities []string
	tallies    []residency.Tally
	// links are the holdings in the party, by holder, in the tree's order.
	links       []*link
	undisclosed []drawnLine
	leftOut     int
}

// link is all that one holder has in a party.
type link struct {
	holder string
	lines  []drawnLine
}

// drawnLine is a line before it is told. Parts are what the holding makes where
// only a part of it counts, once for each part.
type drawnLine struct {
	Line
	parts []string
}

// sketches are the parties of a tree by label.
type sketches struct {
	rule    ownership.Rule
	parties map[string]*sketch
	// roots are the parties that the decision is about, in its order.
	roots []string
}

func collect(d residency.Decision) *sketches {
	s := &sketches{rule: d.Rule, parties: map[string]*sketch{}}
	for _, f := range d.Findings {
		if f.Cause == nil {
			continue
		}
		s.tree(f.Cause)
		root := s.parties[f.Cause.Label]
		if len(root.capacities) == 0 {
			s.roots = append(s.roots, f.Cause.Label)
		}
		as := capacity(d, f)
		if as == "Party" {
			as = "Party in question"
		}
		if f.Exempted != nil {
			as += " (exempted)"
		}
		if !slices.Contains(root.capacities, as) {
			root.capacities = append(root.capacities, as)
		}
	}
	return s
}

// tree adds a party and all that stand above it, breadth first as the tree is
// built, so that what stands nearest to the root comes first everywhere.
func (s *sketches) tree(root *residency.Cause) {
	queue := []*residency.Cause{root}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		queue = append(queue, s.place(c)...)
	}
}

// place adds what one place of the tree says about a party and returns the
// holders that it lists.
func (s *sketches) place(c *residency.Cause) []*residency.Cause {
	party := s.parties[c.Label]
	if party == nil {
		party = &sketch{cause: c}
		s.parties[c.Label] = party
	}
	var holders []*residency.Cause
	leftOut := c.LeftOut
	for _, t := range c.Tallies {
		party.tally(t)
		leftOut += t.LeftOut
		for _, h := range t.Holdings {
			counts := PossiblyCounted
			if h.Definite {
				counts = Counted
			}
			party.hold(h, counts)
			holders = append(holders, h.Holder)
		}
	}
	for _, h := range c.Others {
		party.hold(h, NotCounted)
		holders = append(holders, h.Holder)
	}
	party.leftOut = max(party.leftOut, leftOut)
	return holders
}

// tally adds a sum, unless another place of the tree has said it.
func (p *sketch) tally(t residency.Tally) {
	type key struct {
		method  ownership.Method
		country jurisdiction.Code
		owner   string
		kind    ownership.Kind
	}
	for _, known := range p.tallies {
		if (key{known.Method, known.Country, known.Owner, known.Kind}) == (key{t.Method, t.Country, t.Owner, t.Kind}) {
			return
		}
	}
	p.tallies = append(p.tallies, t)
	if t.Undisclosed == 0 || slices.ContainsFunc(p.undisclosed, func(l drawnLine) bool { return l.Kind == t.Kind }) {
		return
	}
	p.undisclosed = append(p.undisclosed, drawnLine{Line: Line{
		Kind: t.Kind, Counts: PossiblyCounted,
		Text: amount(residency.Holding{Kind: t.Kind, Share: ownership.Share{Upper: t.Undisclosed}}),
	}})
}

// hold adds a holding. At one place of the tree it may count, at another not:
// the most holds.
func (p *sketch) hold(h residency.Holding, counts Counts) {
	at := slices.IndexFunc(p.links, func(l *link) bool { return l.holder == h.Holder.Label })
	if at < 0 {
		at = len(p.links)
		p.links = append(p.links, &link{holder: h.Holder.Label})
	}
	of := p.links[at]
	index := slices.IndexFunc(of.lines, func(l drawnLine) bool { return l.Kind == h.Kind })
	if index < 0 {
		index = len(of.lines)
		of.lines = append(of.lines, drawnLine{Line: Line{Kind: h.Kind, Text: amount(h), Sources: sourcesOf(h)}})
	}
	line := &of.lines[index]
	line.Counts = max(line.Counts, counts)
	if part := strings.TrimSpace(product(h)); part != "" && !slices.Contains(line.parts, part) {
		line.parts = append(line.parts, part)
	}
}

// counts is the most that a line of the link does.
func (l *link) counts() Counts {
	most := NotCounted
	for _, line := range l.lines {
		most = max(most, line.Counts)
	}
	return most
}

// pick chooses the parties to draw: first those that decide, which are the parties that
// the decision is about and those through which a restriction comes, each with all that is
// behind it; then the others, nearest first. How many decide comes with them. If there is
// a restriction, who holds something in a clear party that does not decide is left out,
// and whatever makes the picture hard to read; and in any case who does in a party that
// is restricted by where it sits.
func (s *sketches) pick(limit int) (picked []string, deciding int) {
	chosen := map[string]bool{}
	choose := func(label string, limit int) bool {
		if chosen[label] || len(picked) >= limit {
			return false
		}
		chosen[label] = true
		picked = append(picked, label)
		return true
	}
	for _, label := range s.roots {
		choose(label, limit)
	}
	// The depth of the recursion is bounded by the parties of the tree.
	var follow func(label string)
	follow = func(label string) {
		for _, l := range s.holdersOf(label) {
			if l.counts() != NotCounted && choose(l.holder, limit) {
				follow(l.holder)
			}
		}
	}
	for _, label := range slices.Clone(picked) {
		follow(label)
	}
	deciding = len(picked)
	restricts := s.restricts()
	if restricts {
		limit = min(limit, max(deciding, clearlyDrawn))
	}
	for i := 0; i < len(picked); i++ {
		if restricts && i >= deciding && s.parties[picked[i]].cause.Standing == residency.NotRestricted {
			continue
		}
		for _, l := range s.holdersOf(picked[i]) {
			choose(l.holder, limit)
		}
	}
	return picked, deciding
}

// holdersOf are the holdings in a party, unless its seat alone decides.
func (s *sketches) holdersOf(label string) []*link {
	if p := s.parties[label]; !p.bySeat() {
		return p.links
	}
	return nil
}

func (p *sketch) bySeat() bool { return p.cause.Standing == residency.BySeat }

// restricts says whether anything restricts a party that the decision is about, or may.
func (s *sketches) restricts() bool {
	return slices.ContainsFunc(s.roots, func(label string) bool {
		standing := s.parties[label].cause.Standing
		return standing == residency.BySeat || standing == residency.ByOwners || standing == residency.MaybeRestricted
	})
}
