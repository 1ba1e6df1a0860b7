package drawing

import (
	"fmt"
	"strings"
	"testing"
)

const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="700" height="1101" role="img" aria-labelledby="ownership-title ownership-desc">` +
	`<title id="ownership-title">id=&#34;ownership-title&#34;</title><desc id="ownership-desc">d</desc>` +
	"<style>&#xA;.a,.b .c{fill:#fff;font-family:&#34;X&#34;}&#xA;@media (prefers-color-scheme:dark){&#xA;.a{fill:#000}&#xA;}&#xA;</style>" +
	`<g class="a"><path d="M0 0"/></g></svg>`

func TestPicturesGetAlongInOnePage(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"picture-1", "picture-2"} {
		d, style, err := New(id, "l", []byte(picture))
		if err != nil {
			t.Fatal(err)
		}
		want := "\n.ink .a,.ink .b .c{fill:#fff;font-family:\"X\"}\n@media screen and (prefers-color-scheme:dark){\n.ink .a{fill:#000}\n}\n"
		if style != want {
			t.Errorf("the style sheet is %q, want %q", style, want)
		}
		text := string(d.SVG)
		for _, want := range []string{
			`id="` + id + `-title"`, `id="` + id + `-desc"`, `aria-labelledby="` + id + `-title ` + id + `-desc"`,
			`<g class="ink" id="` + id + `-ink"><g class="a">`, `</g></svg>`,
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

func TestLargePicturesHaveSheets(t *testing.T) {
	t.Parallel()
	d, _, err := New("picture-1", "l", []byte(picture))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range d.Sheets {
		got = append(got, fmt.Sprintf("%d: row %d, column %d, %s", s.Number, s.Row, s.Column, s.ViewBox()))
	}
	want := "1: row 1, column 1, 0.0 0.0 1030 666; 2: row 2, column 1, 0.0 435.0 1030 666"
	if strings.Join(got, "; ") != want {
		t.Errorf("the sheets are %q", got)
	}
}

func TestPicturesAreNothingElse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ inside, reason string }{
		{`<script>1</script>`, "a script"},
		{`<foreignObject/>`, "HTML inside"},
		{`<image href="http://example.com"/>`, "an image"},
		{`<use href="#other"/>`, "another's picture"},
		{`<g onload="1"/>`, "a handler"},
		{`<g style="fill:red"/>`, "a style that the policy would refuse"},
		{`<path href="x"/>`, "a link"},
		{`<!-- -->`, "a comment"},
		{`<?xml-stylesheet href="x"?>`, "an instruction"},
		{`<g>`, "no XML"},
	} {
		if _, _, err := New("id", "l", []byte(strings.Replace(picture, "<g class", tc.inside+"<g class", 1))); err == nil {
			t.Errorf("%s is taken", tc.reason)
		}
	}
	for _, other := range []string{`<svg></svg>`, strings.Replace(picture, `"700"`, `"7,0"`, 1)} {
		if _, _, err := New("id", "l", []byte(other)); err == nil {
			t.Errorf("%s is taken", other)
		}
	}
}
