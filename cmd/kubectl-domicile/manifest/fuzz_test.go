package manifest_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// FuzzRead holds that no input makes the reader panic, and that every position
// is inside of the file.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		pod,
		pod + "---\n" + pod,
		`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod"}]}`,
		"a: &a [*a]\n",
		"a: &a {b: c}\nd: {<<: *a, e: f}\n",
		"? [a]\n: b\n",
		"a: |\n  ---\n---\n{}\n",
		"\ufeffa: !!binary aGk=\r\nb: .nan\r\n",
		"apiVersion: v1\nkind: Pod\nmetadata: {name: a\u2028b}\r\rx: y\n",
		"{\"a\":\n[1,2,{}]}\n{\"a\":1e999}",
		"%YAML 1.1\n---\na: b\n...\n",
	} {
		f.Add([]byte(seed))
	}
	limits := manifest.DefaultLimits
	limits.Bytes, limits.Expansion = 1<<16, 1<<16
	f.Fuzz(func(t *testing.T, text []byte) {
		objects, errs := manifest.Read("in", bytes.NewReader(text), limits)
		lines := bytes.Count(text, []byte("\n")) + 1
		inside := func(p manifest.Position) {
			if p.Line < 0 || p.Line > lines || p.Line > 0 && p.Column < 1 {
				t.Errorf("position %+v in a file of %d lines", p, lines)
			}
		}
		for _, o := range objects {
			inside(o.Position())
			for _, path := range []string{"metadata", "metadata.name", "spec.a[0].b", "items[0]"} {
				inside(o.PositionOf(path))
			}
			if o.Kind() == "" || o.APIVersion() == "" {
				t.Error("an object without kind or apiVersion")
			}
		}
		for _, err := range errs {
			inside(err.Position)
			if strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("an error of several lines: %q", err)
			}
		}
	})
}
