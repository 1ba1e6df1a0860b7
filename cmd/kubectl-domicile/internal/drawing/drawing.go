package drawing

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the parts of pages
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/domicile-dev/domicile/internal/explain/svg"
)

var (
	// Markup is a template named "drawing" that shows a Drawing.
	//
	//go:embed drawing.html.tmpl
	Markup string
	// Style is the style sheet of Markup.
	//
	//go:embed drawing.css
	Style string
)

// Drawing is an ownership picture in a page. Label says what it shows, and ID is its own
// in the page.
type Drawing struct {
	ID, Label string
	SVG       template.HTML
	// Sheets are what is printed besides, if the picture is too large for one page.
	Sheets []Sheet
}

// Sheet is a part of a picture on a page of its own.
type Sheet struct {
	svg.Sheet

	Number, Row, Column int // from 1
}

// ViewBox is the sheet as an attribute of SVG.
func (s Sheet) ViewBox() string {
	return fmt.Sprintf("%.1f %.1f %.0f %.0f", s.X, s.Y, s.Width, s.Height)
}

// New puts a picture into a form in which many of them can be in one page: with ids of its
// own, and a style sheet that is about nothing else and the same for all.
func New(id, label string, picture []byte) (d Drawing, style string, err error) {
	width, height, err := harmless(picture)
	if err != nil {
		return d, "", err
	}
	match := styleElement.FindSubmatch(picture)
	end := bytes.LastIndex(picture, []byte("</svg>"))
	if match == nil || end < 0 {
		return d, "", errors.New("it has no style sheet")
	}
	// HTML takes the text of a style element as it is, unlike XML.
	style = scoped(html.UnescapeString(string(match[1])), ".ink")
	// All of it is one element, which sheets show parts of.
	ink := styleElement.ReplaceAll(picture[:end], []byte(`<g class="ink" id="`+id+`-ink">`))
	d = Drawing{ID: id, Label: label, SVG: template.HTML(renamed(append(ink, "</g></svg>\n"...), id))} //nolint:gosec // see harmless
	for i, row := range svg.Sheets(width, height) {
		for j, sheet := range row {
			d.Sheets = append(d.Sheets, Sheet{sheet, len(d.Sheets) + 1, i + 1, j + 1})
		}
	}
	return d, style, nil
}

// Hash is how a content security policy names the text of an element.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// The only style element is the first: names are escaped.
var styleElement = regexp.MustCompile(`<style>([^<]*)</style>\n?`)

// renamed gives the elements that are referred to ids of their own. In names a
// quotation mark is escaped, so that these texts are nothing but attributes.
func renamed(picture []byte, id string) []byte {
	return []byte(strings.NewReplacer(
		`id="ownership-title"`, `id="`+id+`-title"`,
		`id="ownership-desc"`, `id="`+id+`-desc"`,
		`aria-labelledby="ownership-title ownership-desc"`, `aria-labelledby="`+id+`-title `+id+`-desc"`,
	).Replace(string(picture)))
}

// scoped makes a style sheet one about what is below a selector. It is for style
// sheets with a rule in each line, such as that of the pictures.
func scoped(sheet, below string) string {
	var out strings.Builder
	for line := range strings.Lines(sheet) {
		selectors, rest, isRule := strings.Cut(line, "{")
		if !isRule || strings.HasPrefix(line, "@") {
			// Paper is light.
			out.WriteString(strings.Replace(line, "@media (prefers-color-scheme", "@media screen and (prefers-color-scheme", 1))
			continue
		}
		for i, selector := range strings.Split(selectors, ",") {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(below + " " + selector)
		}
		out.WriteString("{" + rest)
	}
	return out.String()
}

// What a picture consists of. That it is nothing else is checked here once more,
// since it is put into the page as it is.
var (
	elements   = []string{"svg", "title", "desc", "style", "rect", "path", "g", "text", "circle", "polygon", "polyline"}
	attributes = []string{
		"xmlns", "width", "height", "viewBox", "role", "aria-labelledby", "id", "class", "x", "y", "d", "transform",
		"text-anchor", "rx", "cx", "cy", "r", "points",
	}
)

// harmless returns the size of a picture that consists of these.
func harmless(picture []byte) (width, height float64, err error) {
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	for depth := 0; ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return width, height, nil
		case err != nil:
			return 0, 0, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, token.Name.Local) {
				return 0, 0, fmt.Errorf("it has an element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				if !slices.Contains(attributes, a.Name.Local) {
					return 0, 0, fmt.Errorf("an element %s has an attribute %s", token.Name.Local, a.Name.Local)
				}
			}
			if depth++; depth == 1 {
				if width, height, err = sizeOf(token); err != nil {
					return 0, 0, err
				}
			}
		case xml.EndElement:
			depth--
		case xml.Comment, xml.Directive, xml.ProcInst:
			return 0, 0, errors.New("it is more than elements and text")
		}
	}
}

// sizeOf is the size of a picture, in pixels.
func sizeOf(root xml.StartElement) (width, height float64, err error) {
	for _, a := range root.Attr {
		var failed error
		switch a.Name.Local {
		case "width":
			width, failed = strconv.ParseFloat(a.Value, 64)
		case "height":
			height, failed = strconv.ParseFloat(a.Value, 64)
		}
		if failed != nil {
			return 0, 0, fmt.Errorf("read the size of the picture: %w", failed)
		}
	}
	return width, height, nil
}
