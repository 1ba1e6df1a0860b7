package svg

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

const (
	textWidth = 250.0 // of the lines in a box, at most
	padding   = 10.0
	slant     = 12.0 // of the sides of what is not a rectangle
	signWidth = 15.0
	nameLines = 3
	moreLines = 2
)

// row is one line in a box.
type row struct {
	font
	text string
	sign bool // the standing's sign stands before it
}

// box is a node with its lines.
type box struct {
	explain.Node
	size
	rows []row
}

func newBox(n explain.Node) box {
	b := box{Node: n}
	if n.Sort != explain.PartyNode {
		b.add(lineFont, n.Name, nameLines)
	} else {
		for _, c := range n.Capacities {
			b.add(roleFont, c, moreLines)
		}
		b.add(nameFont, n.Name, nameLines)
		b.add(lineFont, n.About(), nameLines)
		for i, says := range n.Says {
			first := len(b.rows)
			b.add(lineFont, says, moreLines)
			if i == 0 && first < len(b.rows) {
				b.rows[first].sign = true
			}
		}
	}
	for _, r := range b.rows {
		w := r.width(r.text)
		if r.sign {
			w += signWidth
		}
		b.Width = max(b.Width, w)
		b.Height += r.line()
	}
	b.Width += 2 * padding
	b.Height += 2*padding - 4
	if b.slanted() {
		b.Width += 2 * slant
	}
	return b
}

func (b *box) add(f font, text string, limit int) {
	for _, line := range explain.Wrap(text, textWidth, limit, f.width) {
		b.rows = append(b.rows, row{font: f, text: line})
	}
}

// slanted reports whether the box is anything but a rectangle.
func (b *box) slanted() bool {
	return b.Sort == explain.PartyNode &&
		(b.Type == ownership.Person || b.Type == ownership.State || arrangement(b.Type))
}

func (b *box) class() string {
	if b.Sort != explain.PartyNode {
		return "aside"
	}
	if b.Quiet {
		return standingClass(b.Standing) + " quiet"
	}
	return standingClass(b.Standing)
}

func standingClass(s residency.Standing) string {
	return map[residency.Standing]string{
		residency.BySeat: "bySeat", residency.ByOwners: "byOwners", residency.MaybeRestricted: "maybe",
		residency.Unknown: "unknown", residency.Unconfirmed: "unknown", residency.NotFound: "notFound", residency.NotRestricted: "clear",
	}[s]
}

// draw draws the box around its middle.
func (b *box) draw(c *canvas, at point) {
	c.open("g", attr{"class", b.class()})
	c.element("title", strings.Join(append(append([]string{b.Name}, b.Details...), b.Says...), "\n"))
	b.frame(c, at, b.size, "box")
	if b.Sort == explain.PartyNode && b.Standing == residency.BySeat {
		// A second frame tells seeds from the others without colours.
		b.frame(c, at, size{b.Width - 7, b.Height - 7}, "inner")
	}
	y := at.Y - b.Height/2 + padding - 2
	for _, r := range b.rows {
		y += r.line()
		x, base, anchor := at.X, y-r.size*(leading-1)/2-1, "middle"
		if r.sign { // whatever the font, it stands beside the text
			x, anchor = at.X-r.width(r.text)/2+signWidth/2, "start"
			drawSign(c, b.Standing, point{x - signWidth/2 - 1, base - r.size*0.34})
		}
		c.text(r.font, x, base, anchor, r.text)
	}
	c.close("g")
}

// frame draws the outline: a rectangle for companies and what is not known,
// round ends for persons, a hexagon for states and a parallelogram for
// arrangements.
func (b *box) frame(c *canvas, at point, s size, class string) {
	left, right := at.X-s.Width/2, at.X+s.Width/2
	top, bottom := at.Y-s.Height/2, at.Y+s.Height/2
	var corners []point
	switch {
	case b.Sort == explain.PartyNode && b.Type == ownership.State:
		corners = []point{{left + slant, top}, {right - slant, top}, {right, at.Y}, {right - slant, bottom}, {left + slant, bottom}, {left, at.Y}}
	case b.Sort == explain.PartyNode && arrangement(b.Type):
		corners = []point{{left + slant, top}, {right, top}, {right - slant, bottom}, {left, bottom}}
	default:
		round := 0.0
		if b.Sort != explain.PartyNode {
			round = 6
		} else if b.Type == ownership.Person {
			round = min(s.Height/2, 22)
		}
		c.empty("rect", attr{"class", class}, attr{"x", number(left)}, attr{"y", number(top)},
			attr{"width", number(s.Width)}, attr{"height", number(s.Height)}, attr{"rx", number(round)})
		return
	}
	c.empty("polygon", attr{"class", class}, attr{"points", pointList(corners)})
}

func pointList(points []point) string {
	words := make([]string, 0, len(points))
	for _, p := range points {
		words = append(words, number(p.X)+","+number(p.Y))
	}
	return strings.Join(words, " ")
}

// drawSign draws the sign of a standing, as explain.Symbol has it, without
// asking a font.
func drawSign(c *canvas, s residency.Standing, at point) {
	const r = 4.5
	circle := func(class string) {
		c.empty("circle", attr{"class", class}, attr{"cx", number(at.X)}, attr{"cy", number(at.Y)}, attr{"r", number(r)})
	}
	switch s {
	case residency.BySeat:
		c.empty("rect", attr{"class", "sign"}, attr{"x", number(at.X - r)}, attr{"y", number(at.Y - r)}, attr{"width", number(2 * r)}, attr{"height", number(2 * r)})
	case residency.ByOwners:
		c.empty("polygon", attr{"class", "sign"}, attr{"points", pointList([]point{{at.X, at.Y - r}, {at.X + r, at.Y + r}, {at.X - r, at.Y + r}})})
	case residency.MaybeRestricted:
		circle("sign hollow")
		c.empty("path", attr{"class", "sign"}, attr{"d", "M" + number(at.X) + " " + number(at.Y-r) + "a4.5 4.5 0 0 0 0 9z"})
	case residency.Unknown, residency.Unconfirmed:
		c.text(font{class: "role"}, at.X, at.Y+4, "middle", explain.Symbol(s))
	case residency.NotFound:
		circle("sign hollow")
		c.empty("path", attr{"class", "sign hollow"}, attr{"d", "M" + number(at.X-r) + " " + number(at.Y+r) + "l9 -9"})
	default:
		circle("sign hollow")
	}
}

func arrangement(t ownership.PartyType) bool {
	return t == ownership.Arrangement || t == ownership.JointArrangement
}
