package page

import (
	"bytes"
	_ "embed" // for the parts of the page
	"fmt"
	"html/template"
	"io"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/drawing"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
)

var (
	//go:embed page.html.tmpl
	markup string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// Tenants beyond these are counted on the page and not listed: a browser has to
// stay usable.
const maxTenants = 5000

var document = template.Must(template.Must(template.New("page").Parse(drawing.Markup)).Parse(markup))

// view is what the template shows.
type view struct {
	*report.Report

	// Policy is the content security policy: nothing but this style sheet and
	// this script, and no request to anybody.
	Policy string
	Style  template.CSS
	Script template.JS

	Title    string
	Cards    []card
	Rest     []string
	Rows     []row
	LeftOut  int
	Drawings []picture
}

// Write writes the page.
func Write(w io.Writer, r *report.Report) error { return write(w, r, maxTenants) }

func write(w io.Writer, r *report.Report, most int) error {
	pictures, pictureStyle, err := picturesOf(r)
	if err != nil {
		return err
	}
	css := style + drawing.Style + pictureStyle
	v := view{
		Report: r,
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", drawing.Hash(css), drawing.Hash(script)),
		Style:  template.CSS(css), //nolint:gosec // ours, but for what svg wrote without names in it
		Script: template.JS(script),
		Title:  title(r),
		Cards:  cards(r), Rest: rest(r),
		Drawings: pictures,
	}
	v.Rows = rows(r, pictures)
	if len(v.Rows) > most {
		v.Rows, v.LeftOut = v.Rows[:most], len(v.Rows)-most
	}
	var out bytes.Buffer
	if err := document.Execute(&out, v); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// picture is an ownership picture in the page, and the same in words.
type picture struct {
	drawing.Drawing

	Tenant, Policy, Text string
}

// picturesOf makes them, and the one style sheet of all.
func picturesOf(r *report.Report) (all []picture, style string, err error) {
	for i, p := range r.Pictures {
		one := picture{Tenant: p.Tenant, Policy: p.Policy, Text: string(p.Text)}
		one.Drawing, style, err = drawing.New(fmt.Sprintf("picture-%d", i+1), "Ownership picture of "+p.Tenant, p.SVG)
		if err != nil {
			return nil, "", fmt.Errorf("the picture of tenant %s: %w", p.Tenant, err)
		}
		all = append(all, one)
	}
	return all, style, nil
}
