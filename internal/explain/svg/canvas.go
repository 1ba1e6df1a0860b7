package svg

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
)

// canvas is the text of the picture. Every text and every attribute value goes
// through it, so that none can be markup.
type canvas struct{ out bytes.Buffer }

// attr is an attribute.
type attr struct{ name, value string }

// open writes a start tag, empty the tag of an element without content.
func (c *canvas) open(name string, attrs ...attr)  { c.tag(name, ">", attrs) }
func (c *canvas) empty(name string, attrs ...attr) { c.tag(name, "/>\n", attrs) }
func (c *canvas) close(name string)                { c.out.WriteString("</" + name + ">\n") }

func (c *canvas) tag(name, end string, attrs []attr) {
	c.out.WriteString("<" + name)
	for _, a := range attrs {
		c.out.WriteString(" " + a.name + `="`)
		c.escape(a.value)
		c.out.WriteString(`"`)
	}
	c.out.WriteString(end)
}

// element writes an element with text in it.
func (c *canvas) element(name, text string, attrs ...attr) {
	c.open(name, attrs...)
	c.escape(text)
	c.close(name)
}

func (c *canvas) escape(text string) {
	// Writing to a buffer does not fail; what XML cannot have is replaced.
	_ = xml.EscapeText(&c.out, []byte(text))
}

// text writes one line, its base line at y.
func (c *canvas) text(f font, x, y float64, anchor, text string) {
	attrs := []attr{{"class", f.class}, {"x", number(x)}, {"y", number(y)}}
	if anchor != "" {
		attrs = append(attrs, attr{"text-anchor", anchor})
	}
	c.element("text", text, attrs...)
}

// number writes a number of pixels, with one decimal at most, so that the same
// picture is the same text on every machine.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}
