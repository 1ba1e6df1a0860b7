package explain_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/explaintest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// drawings are the languages of pictures, by the ending of their files.
var drawings = map[string]func(io.Writer, residency.Decision, explain.Setting) error{
	".mmd": explain.Mermaid,
	".dot": explain.DOT,
}

func draw(t testing.TB, ending string, d residency.Decision) string {
	t.Helper()
	var out bytes.Buffer
	if err := drawings[ending](&out, d, explaintest.Setting); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPictures(t *testing.T) {
	t.Parallel()
	for _, c := range explaintest.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			for ending := range drawings {
				got := draw(t, ending, c.Decision(t))
				file := filepath.Join("testdata", "pictures", c.Name+ending)
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
					continue
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s: %s (-want +got; go test -update writes it)\n%s", file, c.Reason, diff)
				}
			}
		})
	}
}
