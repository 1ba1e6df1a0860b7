package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
)

// drawing is an ownership picture in the page.
type drawing struct {
	ID, Tenant, Policy, Text string
	SVG                      template.HTML
}

// drawingsOf puts the pictures into a form in which many of them can be in one
// page: ids of their own, and one style sheet that is about nothing else.
func drawingsOf(r *report.Report) (all []drawing, style string, err error) {
	for i, p := range r.Pictures {
		id := fmt.Sprintf("picture-%d", i+1)
		if err := harmless(p.SVG); err != nil {
			return nil, "", fmt.Errorf("the picture of tenant %s: %w", p.Tenant, err)
		}
		match := styleElement.FindSubmatch(p.SVG)
		if match == nil {
			return nil, "", fmt.Errorf("the picture of tenant %s has no style sheet", p.Tenant)
		}
		// HTML takes the text of a style element as it is, unlike XML.
		style = scoped(html.UnescapeString(string(match[1])), ".drawing")
		all = append(all, drawing{
			ID: id, Tenant: p.Tenant, Policy: p.Policy, Text: string(p.Text),
			SVG: template.HTML(renamed(styleElement.ReplaceAll(p.SVG, nil), id)), //nolint:gosec // see harmless
		})
	}
	return all, style, nil
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

func harmless(picture []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, token.Name.Local) {
				return fmt.Errorf("it has an element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				if !slices.Contains(attributes, a.Name.Local) {
					return fmt.Errorf("an element %s has an attribute %s", token.Name.Local, a.Name.Local)
				}
			}
		case xml.Comment, xml.Directive, xml.ProcInst:
			return errors.New("it is more than elements and text")
		}
	}
}
