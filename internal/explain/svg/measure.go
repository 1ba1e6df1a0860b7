package svg

import (
	"unicode"

	"golang.org/x/text/width"
)

// font is a size and weight of text.
type font struct {
	class string
	size  float64
	bold  bool
}

// The fonts of a picture; each is a class of its style sheet.
var (
	titleFont  = font{class: "title", size: 18, bold: true}
	factFont   = font{class: "fact", size: 12.5}
	nameFont   = font{class: "name", size: 13, bold: true}
	lineFont   = font{class: "line", size: 11.5}
	roleFont   = font{class: "role", size: 10.5, bold: true}
	arrowFont  = font{class: "share", size: 11.5, bold: true}
	numberFont = font{class: "number", size: 9.5}
	noteFont   = font{class: "note", size: 10.5}
)

const leading = 1.32 // from line to line, in sizes of the font

// helvetica are the widths of the characters from space to tilde, in
// thousandths of the font's size, as in the metrics of Helvetica and of all the
// fonts that take its place.
var helvetica = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

const (
	ordinary = 600
	wide     = 1000
	// wider makes room for viewers whose font is a little wider.
	wider     = 1.08
	boldWider = 1.07
)

// width is how wide a text is, at most, in a font like Helvetica.
func (f font) width(s string) float64 {
	units := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			units += helvetica[r-' ']
		case unicode.In(r, unicode.Mn, unicode.Me):
		default:
			switch width.LookupRune(r).Kind() {
			case width.EastAsianWide, width.EastAsianFullwidth:
				units += wide
			default:
				units += ordinary
			}
		}
	}
	pixels := float64(units) / 1000 * f.size * wider
	if f.bold {
		pixels *= boldWider
	}
	return pixels
}

// line is the height of a line.
func (f font) line() float64 { return f.size * leading }
