package explain

import (
	"bytes"
	_ "embed" // for the parts of the page
	"fmt"
	"html/template"
	"io"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/drawing"
	render "github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/svg"
	"github.com/domicile-dev/domicile/internal/residency"
)

var (
	//go:embed page.html.tmpl
	markup string
	//go:embed page.css
	style string

	document = template.Must(template.Must(template.New("page").Parse(drawing.Markup)).Parse(markup))
)

// writePage writes the picture of a decision, and the same in words, as one file that asks
// for nothing else.
func writePage(w io.Writer, d residency.Decision, setting render.Setting) error {
	var picture, text, page bytes.Buffer
	if err := svg.Write(&picture, d, setting); err != nil {
		return err
	}
	if err := render.Text(&text, []residency.Decision{d}); err != nil {
		return err
	}
	title := render.NewDiagram(d, setting).Title
	drawn, pictureStyle, err := drawing.New("picture", title, picture.Bytes())
	if err != nil {
		return fmt.Errorf("put the picture into a page: %w", err)
	}
	css := style + drawing.Style + pictureStyle
	err = document.Execute(&page, map[string]any{
		"Title": title, "Drawing": drawn, "Text": text.String(), "Style": template.CSS(css), //nolint:gosec // ours: no name is in it
		"Policy": fmt.Sprintf("default-src 'none'; style-src '%s'; base-uri 'none'; form-action 'none'", drawing.Hash(css)),
	})
	if err == nil {
		_, err = w.Write(page.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
