package explain

import (
	"errors"
	"fmt"
	"io"
	"strings"

	render "github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/svg"
	"github.com/domicile-dev/domicile/internal/residency"
)

// formats are the ways to write an explanation.
var formats = []string{"text", "json", "mermaid", "dot", "svg", "html"}

// writer writes decisions in one of the formats.
type writer func(w io.Writer, decisions []residency.Decision, setting render.Setting) error

func writerOf(format string) (writer, error) {
	switch format {
	case "text":
		return list(render.Text), nil
	case "json":
		return list(render.JSON), nil
	case "mermaid":
		return picture(render.Mermaid), nil
	case "dot":
		return picture(render.DOT), nil
	case "svg":
		return picture(svg.Write), nil
	case "html":
		return picture(writePage), nil
	default:
		return nil, fmt.Errorf("unknown output format %q: use one of %s", format, strings.Join(formats, ", "))
	}
}

// list is for formats that take any number of decisions.
func list(write func(io.Writer, []residency.Decision) error) writer {
	return func(w io.Writer, decisions []residency.Decision, _ render.Setting) error {
		return write(w, decisions)
	}
}

// picture is for formats that show one decision: several pictures in one file
// are none that a browser, Mermaid or an image converter opens.
func picture(draw func(io.Writer, residency.Decision, render.Setting) error) writer {
	return func(w io.Writer, decisions []residency.Decision, setting render.Setting) error {
		switch len(decisions) {
		case 0:
			return errors.New("there is nothing to draw")
		case 1:
			return draw(w, decisions[0], setting)
		}
		policies := make([]string, 0, len(decisions))
		for _, d := range decisions {
			policies = append(policies, d.Policy)
		}
		return fmt.Errorf("a picture is about one policy: choose it with --policy, out of %s", strings.Join(policies, ", "))
	}
}

// setting is what a picture says about where its answer comes from.
func (o *options) setting(q query) render.Setting {
	from := "the cluster"
	if o.Given() {
		from = "manifests"
	}
	return render.Setting{At: q.at, From: from}
}
