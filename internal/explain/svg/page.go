package svg

import (
	"math"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/explain"
)

const (
	margin      = 28.0
	leastWidth  = 720.0
	factWidth   = 1000.0
	columnWidth = 340.0
	noteLines   = 5
	factLines   = 6
)

// draw puts everything on a page: title and facts, the picture, what its signs
// mean, and what is known from where.
func (p *picture) draw() []byte {
	content := math.Ceil(max(p.layout.Width, leastWidth))
	var head, body, foot canvas
	y := p.heading(&head, min(content, factWidth))
	p.graph(&body, point{margin + (content-p.layout.Width)/2, y})
	if len(p.Nodes) > 0 {
		y += p.layout.Height + 34
	}
	y = p.legend(&foot, content, y)
	y = p.notes(&foot, content, y)
	width, height := number(content+2*margin), number(math.Ceil(y+margin/2))

	var page canvas
	page.open("svg", attr{"xmlns", "http://www.w3.org/2000/svg"}, attr{"width", width}, attr{"height", height},
		attr{"viewBox", "0 0 " + width + " " + height}, attr{"role", "img"}, attr{"aria-labelledby", "ownership-title ownership-desc"})
	page.element("title", p.Title, attr{"id", "ownership-title"})
	page.element("desc", strings.Join(p.Facts, "\n"), attr{"id", "ownership-desc"})
	page.element("style", style)
	page.empty("rect", attr{"class", "paper"}, attr{"width", "100%"}, attr{"height", "100%"})
	page.out.Write(head.out.Bytes())
	page.out.Write(body.out.Bytes())
	page.out.Write(foot.out.Bytes())
	page.close("svg")
	return page.out.Bytes()
}

// heading writes title and facts and returns where the picture begins.
func (p *picture) heading(c *canvas, width float64) float64 {
	y := margin
	for _, line := range explain.Wrap(p.Title, width, 2, titleFont.width) {
		y += titleFont.line()
		c.text(titleFont, margin, y-6, "", line)
	}
	for i, fact := range p.Facts {
		f := factFont
		if i == 0 {
			f.class, f.bold = "fact verdict", true
		}
		for _, line := range explain.Wrap(fact, width, factLines, f.width) {
			y += f.line()
			c.text(f, margin, y-3, "", line)
		}
		y += 2
	}
	y += 8
	c.empty("path", attr{"class", "rule"}, attr{"d", "M" + number(margin) + " " + number(y) + "h" + number(width)})
	return y + 20
}

func (p *picture) graph(c *canvas, origin point) {
	c.open("g", attr{"transform", "translate(" + number(origin.X) + " " + number(origin.Y) + ")"})
	for i, e := range p.Edges {
		title := ""
		if e.Lines != nil {
			title = strings.Join(edgeTitle(p.Diagram, e), "\n")
		}
		points, path := p.ways[i], func(points []point) string { return trace(points, p.sideways()) }
		if points == nil {
			points, path = p.layout.Edges[i].Points, curve
		}
		drawEdge(c, edgeClass(p.Diagram, e), e.Control(), title, points, path)
	}
	for i := range p.labels {
		p.labels[i].draw(c, p.layout.Edges[i].point)
	}
	for i := range p.boxes {
		p.boxes[i].draw(c, p.layout.Nodes[i])
	}
	c.close("g")
}

func edgeTitle(d *explain.Diagram, e explain.Edge) []string {
	words := []string{d.Nodes[e.From].Name + " in " + d.Nodes[e.To].Name + ": " + e.Counts.String()}
	for _, line := range e.Lines {
		words = append(words, line.Text)
		words = append(words, line.Sources...)
	}
	return words
}

// legend says what the frames and lines mean that occur.
func (p *picture) legend(c *canvas, width, y float64) float64 {
	x := margin
	entry := func(class, text string, draw func(at point)) {
		w := noteFont.width(text) + 46
		if x+w > margin+width && x > margin {
			x, y = margin, y+22
		}
		c.open("g", attr{"class", class})
		draw(point{x + 14, y})
		c.close("g")
		c.text(noteFont, x+34, y+4, "", text)
		x += w + 8
	}
	for _, s := range p.Standings() {
		entry(standingClass(s), explain.StandingText(s), func(at point) {
			c.empty("rect", attr{"class", "box"}, attr{"x", number(at.X - 13)}, attr{"y", number(at.Y - 8)}, attr{"width", "26"}, attr{"height", "16"})
			drawSign(c, s, at)
		})
	}
	for i, counts := range p.Countings() {
		text := counts.String()
		if i == 0 {
			text = "holding, from the holder: " + text
		}
		entry("", text, func(at point) {
			drawEdge(c, countsClass(counts), false, "", []point{{at.X - 14, at.Y}, {at.X + 16, at.Y}}, curve)
		})
	}
	if slices.ContainsFunc(p.Edges, explain.Edge.Control) {
		entry("counted", "control by other means", func(at point) { drawDiamond(c, point{at.X - 5, at.Y}, point{at.X + 9, at.Y}) })
	}
	if x == margin {
		return y
	}
	return y + 26
}

// notes lists sources and details in columns.
func (p *picture) notes(c *canvas, width, y float64) float64 {
	y = notes(c, "Where the holdings are known from", p.Sources(), width, y)
	return notes(c, "Parties", p.Particulars(), width, y)
}

func notes(c *canvas, heading string, notes []string, width, y float64) float64 {
	if len(notes) == 0 {
		return y
	}
	columns := max(1, int(width/columnWidth))
	if width > sheetWidth {
		columns++ // none is wider than columnWidth: Sheets shows each whole
	}
	each := (width - float64(columns-1)*24) / float64(columns)
	var blocks [][]string
	total := 0
	for _, note := range notes {
		lines := explain.Wrap(note, each, noteLines, noteFont.width)
		blocks = append(blocks, lines)
		total += len(lines)
	}
	c.empty("path", attr{"class", "rule"}, attr{"d", "M" + number(margin) + " " + number(y-6) + "h" + number(width)})
	y += roleFont.line()
	c.text(roleFont, margin, y, "", heading)
	bottom := y
	column, used := 0, 0
	for _, lines := range blocks {
		if used >= (total+columns-1)/columns && column < columns-1 {
			column, used = column+1, 0
		}
		for _, line := range lines {
			used++
			at := y + float64(used)*(noteFont.line()+1)
			c.text(noteFont, margin+float64(column)*(each+24), at, "", line)
			bottom = max(bottom, at)
		}
	}
	return bottom + 20
}
