package svg_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/explaintest"
	"github.com/domicile-dev/domicile/internal/explain/svg"
	"github.com/domicile-dev/domicile/internal/residency"
)

// elements are all that a picture is made of: nothing that runs, links or
// loads.
var elements = []string{"svg", "title", "desc", "style", "g", "rect", "polygon", "polyline", "path", "circle", "text"}

// attributes are all that they have.
var attributes = []string{
	"xmlns", "width", "height", "viewBox", "role", "aria-labelledby", "id", "class", "transform",
	"x", "y", "rx", "cx", "cy", "r", "d", "points", "text-anchor",
}

// count reads a picture strictly and counts its elements.
func count(t *testing.T, picture []byte) map[string]int {
	t.Helper()
	found := map[string]int{}
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		found[start.Name.Local]++
		if !slices.Contains(elements, start.Name.Local) {
			t.Errorf("there is an element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if !slices.Contains(attributes, a.Name.Local) {
				t.Errorf("there is an attribute %s", a.Name.Local)
			}
		}
	}
}

func TestPicturesAreWellFormed(t *testing.T) {
	t.Parallel()
	if *update {
		return // TestPictures is just writing them.
	}
	for _, c := range explaintest.Cases {
		picture, err := os.ReadFile(golden(c))
		if err != nil {
			t.Fatal(err)
		}
		found := count(t, picture)
		if found["svg"] != 1 || found["desc"] != 1 || found["title"] == 0 {
			t.Errorf("%s: not a picture with a title and a description: %v", c.Name, found)
		}
	}
}

func FuzzPicturesAreWellFormed(f *testing.F) {
	for _, name := range explaintest.Hostile {
		f.Add(name, name, name)
	}
	f.Add("]]>", "<!--", "\xff\xfe")
	f.Fuzz(func(t *testing.T, name, label, source string) {
		var out bytes.Buffer
		if err := svg.Write(&out, explaintest.Named(name, label, source), explain.Setting{At: explaintest.At, From: name}); err != nil {
			t.Fatal(err)
		}
		if found := count(t, out.Bytes()); found["style"] != 1 || found["polygon"] > 12 {
			t.Errorf("more than was drawn: %v", found)
		}
		for _, hidden := range []string{"\u202e", "\u2066", "\u200b", "\x1b", "\u2028"} {
			if strings.Contains(out.String(), hidden) {
				t.Errorf("%q is in the picture", hidden)
			}
		}
	})
}

func TestTheLargestPictureIsBounded(t *testing.T) {
	t.Parallel()
	if size := len(draw(t, explaintest.Wide(2000, strings.Repeat("W&", 40)))); size > 600_000 {
		t.Errorf("%d bytes", size)
	}
}

// errWriter is a full disk.
type errWriter struct{}

var errFull = errors.New("no space left on device")

func (errWriter) Write([]byte) (int, error) { return 0, errFull }

func TestAPictureThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	if err := svg.Write(errWriter{}, residency.Decision{}, explain.Setting{}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}
