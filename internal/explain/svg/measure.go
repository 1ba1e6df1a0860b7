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
	idleFont   = font{class: "share quiet", size: 11.5}
	numberFont = font{class: "number", size: 9.5}
	noteFont   = font{class: "note", size: 10.5}
)

const leading = 1.32 // from line to line, in sizes of the font

// These are the widths of the characters from space to tilde, in thousandths of the
// font's size, in DejaVu Sans: the widest of the fonts that the style sheet names. What
// has room in it has room in the others.
var regular = [...]int{
	318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
	636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
	1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
	603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
	500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
	635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
}

var bold = [...]int{
	348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365,
	696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
	1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
	733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
	500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687,
	716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
}

const (
	ordinary = 700
	wide     = 1000
)

// width is how wide a text is at most, in any of the fonts.
func (f font) width(s string) float64 {
	table := &regular
	if f.bold {
		table = &bold
	}
	units := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			units += table[r-' ']
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
	return float64(units) / 1000 * f.size
}

// line is the height of a line.
func (f font) line() float64 { return f.size * leading }
