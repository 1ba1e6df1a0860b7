package page

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/money"
)

const picture = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="ownership-title ownership-desc">` +
	`<title id="ownership-title">id=&#34;ownership-title&#34;</title><desc id="ownership-desc">d</desc>` +
	"<style>&#xA;.a,.b .c{fill:#fff;font-family:&#34;X&#34;}&#xA;@media (prefers-color-scheme:dark){&#xA;.a{fill:#000}&#xA;}&#xA;</style>" +
	`<g class="a"><path d="M0 0"/></g></svg>`

func TestPicturesGetAlongInOnePage(t *testing.T) {
	t.Parallel()
	r := &report.Report{Pictures: []report.Picture{{Tenant: "a", SVG: []byte(picture)}, {Tenant: "b", SVG: []byte(picture)}}}
	drawings, style, err := drawingsOf(r)
	if err != nil {
		t.Fatal(err)
	}
	want := "\n.drawing .a,.drawing .b .c{fill:#fff;font-family:\"X\"}\n@media screen and (prefers-color-scheme:dark){\n.drawing .a{fill:#000}\n}\n"
	if style != want {
		t.Errorf("the style sheet is %q, want %q", style, want)
	}
	for i, d := range drawings {
		text := string(d.SVG)
		id := fmt.Sprintf("picture-%d", i+1)
		for _, want := range []string{
			`id="` + id + `-title"`, `id="` + id + `-desc"`, `aria-labelledby="` + id + `-title ` + id + `-desc"`,
			`>id=&#34;ownership-title&#34;<`, // a name that looks like an attribute
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is not in %s", want, text)
			}
		}
		if strings.Contains(text, "<style") {
			t.Errorf("a style sheet is left in %s", text)
		}
	}
}

func TestPicturesAreNothingElse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ inside, reason string }{
		{`<script>1</script>`, "a script"},
		{`<foreignObject/>`, "HTML inside"},
		{`<image href="http://example.com"/>`, "an image"},
		{`<g onload="1"/>`, "a handler"},
		{`<g style="fill:red"/>`, "a style that the policy would refuse"},
		{`<path href="x"/>`, "a link"},
		{`<!-- -->`, "a comment"},
		{`<?xml-stylesheet href="x"?>`, "an instruction"},
		{`<g>`, "no XML"},
	} {
		r := &report.Report{Pictures: []report.Picture{{Tenant: "t", SVG: []byte(strings.Replace(picture, "<g class", tc.inside+"<g class", 1))}}}
		if err := Write(&bytes.Buffer{}, r); err == nil {
			t.Errorf("%s is written", tc.reason)
		}
	}
	if err := Write(&bytes.Buffer{}, &report.Report{Pictures: []report.Picture{{SVG: []byte(`<svg></svg>`)}}}); err == nil {
		t.Error("a picture without a style sheet is written")
	}
}

func TestThePageIsBounded(t *testing.T) {
	t.Parallel()
	r := &report.Report{}
	for i := range 5 {
		r.Tenants = append(r.Tenants, report.Tenant{Name: fmt.Sprintf("tenant-%d", i), Change: report.NewlyRestricted})
	}
	var out bytes.Buffer
	if err := write(&out, r, 3); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "tenant-3") || !strings.Contains(text, "2 more tenants are left out") {
		t.Error("the page is not bounded, or does not say so")
	}
}

func TestGroupsDigits(t *testing.T) {
	t.Parallel()
	for amount, want := range map[string]string{
		"0": "0 USD", "100": "100 USD", "1000": "1 000 USD", "123456.5": "123 456.5 USD", "900719925474099.25": "900 719 925 474 099.25 USD",
	} {
		got := strings.ReplaceAll(grouped(money.Amount{Amount: amount, Currency: "USD"}), "\u202f", " ")
		if got != want {
			t.Errorf("%s is %q, want %q", amount, got, want)
		}
	}
}
