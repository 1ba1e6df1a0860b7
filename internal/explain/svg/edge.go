package svg

import (
	"math"
	"strings"

	"github.com/domicile-dev/domicile/internal/explain"
)

const (
	tipLength = 11.0
	tipWidth  = 5.0
	labelPad  = 3.0
)

// label is what stands on an edge.
type label struct {
	size
	font   font
	rows   []string
	number string
}

func newLabel(e explain.Edge) label {
	l := label{font: arrowFont}
	if e.Counts == explain.NotCounted {
		l.font = idleFont
	}
	for _, line := range e.Lines {
		l.rows = append(l.rows, explain.Wrap(line.Text, textWidth, moreLines, l.font.width)...)
	}
	if len(l.rows) == 0 {
		return l
	}
	for _, row := range l.rows {
		l.Width = max(l.Width, l.font.width(row))
	}
	if e.Number > 0 {
		l.number = "[" + number(float64(e.Number)) + "]"
		last := l.rows[len(l.rows)-1]
		l.Width = max(l.Width, l.font.width(last)+numberFont.width(" "+l.number))
	}
	l.Width += 2 * labelPad
	l.Height = float64(len(l.rows))*l.font.line() + labelPad
	return l
}

func edgeClass(d *explain.Diagram, e explain.Edge) string {
	if d.Nodes[e.From].Sort == explain.LeftOutNode {
		return "hidden"
	}
	return countsClass(e.Counts)
}

func countsClass(c explain.Counts) string {
	return map[explain.Counts]string{explain.Counted: "counted", explain.PossiblyCounted: "possible", explain.NotCounted: "idle"}[c]
}

// drawEdge draws the line and its ends; labels come later, above all lines.
// trace makes a path of the points.
func drawEdge(c *canvas, class string, control bool, title string, points []point, trace func([]point) string) {
	c.open("g", attr{"class", class})
	if title != "" {
		c.element("title", title)
	}
	end := len(points) - 1
	line := append([]point(nil), points...)
	if class != "hidden" {
		line[end] = toward(points[end], points[end-1], tipLength-2)
	}
	c.empty("path", attr{"class", "edge"}, attr{"d", trace(line)})
	if class != "hidden" {
		drawTip(c, class, points[end], points[end-1])
	}
	if control {
		drawDiamond(c, points[0], points[1])
	}
	c.close("g")
}

// trace writes the way of an edge as a path: straight between the two points
// of each pair, and from pair to pair a curve that begins and ends in the
// direction of the picture.
func trace(points []point, sideways bool) string {
	var d strings.Builder
	d.WriteString("M" + pair(points[0]))
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		if i%2 == 1 || from == to {
			d.WriteString("L" + pair(to))
			continue
		}
		bend := middle(from, to)
		one, two := point{from.X, bend.Y}, point{to.X, bend.Y}
		if sideways {
			one, two = point{bend.X, from.Y}, point{bend.X, to.Y}
		}
		d.WriteString("C" + pair(one) + " " + pair(two) + " " + pair(to))
	}
	return d.String()
}

func pair(p point) string { return number(p.X) + " " + number(p.Y) }

// curve goes from the first point to the last and rounds the corners between.
func curve(points []point) string {
	last := len(points) - 1
	d := "M" + pair(points[0])
	for i := 1; i < last; i++ {
		d += "L" + pair(middle(points[i-1], points[i])) + "Q" + pair(points[i]) + " " + pair(middle(points[i], points[i+1]))
	}
	return d + "L" + pair(points[last])
}

func middle(a, b point) point { return point{(a.X + b.X) / 2, (a.Y + b.Y) / 2} }

// toward is the point at a distance from one point on the way to another, or
// the other if that is nearer.
func toward(from, to point, distance float64) point {
	length := math.Hypot(to.X-from.X, to.Y-from.Y)
	if length <= distance {
		return to
	}
	part := distance / length
	return point{from.X + (to.X-from.X)*part, from.Y + (to.Y-from.Y)*part}
}

// aside is a point at a distance from the line between two points.
func aside(at, from, to point, distance float64) point {
	length := math.Hypot(to.X-from.X, to.Y-from.Y)
	if length == 0 {
		return at
	}
	return point{at.X - (to.Y-from.Y)/length*distance, at.Y + (to.X-from.X)/length*distance}
}

// drawTip draws the head of an arrow: full, hollow or open.
func drawTip(c *canvas, class string, at, from point) {
	back := toward(at, from, tipLength)
	left, right := aside(back, at, from, tipWidth), aside(back, at, from, -tipWidth)
	if class == "idle" {
		c.empty("polyline", attr{"class", "tip"}, attr{"points", pointList([]point{left, at, right})})
		// The line goes on to the point of an open head.
		c.empty("path", attr{"class", "edge"}, attr{"d", "M" + number(back.X) + " " + number(back.Y) + "L" + number(at.X) + " " + number(at.Y)})
		return
	}
	c.empty("polygon", attr{"class", "tip"}, attr{"points", pointList([]point{left, at, right})})
}

// drawDiamond draws where control by other means comes from.
func drawDiamond(c *canvas, at, next point) {
	center, far := toward(at, next, 7), toward(at, next, 14)
	c.empty("polygon", attr{"class", "tip"}, attr{"points", pointList([]point{at, aside(center, at, next, 5), far, aside(center, at, next, -5)})})
}

// draw writes the label around its middle, on a piece of paper of its own.
func (l *label) draw(c *canvas, at point) {
	if len(l.rows) == 0 {
		return
	}
	c.empty("rect", attr{"class", "halo"}, attr{"x", number(at.X - l.Width/2)}, attr{"y", number(at.Y - l.Height/2)},
		attr{"width", number(l.Width)}, attr{"height", number(l.Height)})
	y := at.Y - l.Height/2 + labelPad/2 - 2.5
	for i, row := range l.rows {
		y += l.font.line()
		x := at.X
		if i == len(l.rows)-1 && l.number != "" {
			x -= numberFont.width(" "+l.number) / 2
			c.text(numberFont, x+l.font.width(row)/2+2, y, "", l.number)
		}
		c.text(l.font, x, y, "middle", row)
	}
}
