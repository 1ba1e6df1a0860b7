package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the parts of the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

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

var document = template.Must(template.New("page").Parse(markup))

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
	Drawings []drawing
}

// Write writes the page.
func Write(w io.Writer, r *report.Report) error { return write(w, r, maxTenants) }

func write(w io.Writer, r *report.Report, most int) error {
	drawings, pictureStyle, err := drawingsOf(r)
	if err != nil {
		return err
	}
	css := style + pictureStyle
	v := view{
		Report: r,
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(css), hash(script)),
		Style:  template.CSS(css), //nolint:gosec // ours, but for what svg wrote without names in it
		Script: template.JS(script),
		Title:  title(r),
		Cards:  cards(r), Rest: rest(r),
		Drawings: drawings,
	}
	v.Rows = rows(r, drawings)
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

// hash is how a content security policy names the text of an element.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
