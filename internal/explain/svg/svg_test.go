package svg_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/domicile-dev/domicile/internal/explain/explaintest"
	"github.com/domicile-dev/domicile/internal/explain/svg"
	"github.com/domicile-dev/domicile/internal/residency"
)

var update = flag.Bool("update", false, "write the golden files")

func draw(t testing.TB, d residency.Decision) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := svg.Write(&out, d, explaintest.Setting); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func golden(c explaintest.Case) string { return filepath.Join("testdata", c.Name+".svg") }

// TestPictures also says that a picture is the same every time, on every
// machine.
func TestPictures(t *testing.T) {
	t.Parallel()
	for _, c := range explaintest.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			got := draw(t, c.Decision(t))
			file := golden(c)
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, got) {
				t.Errorf("%s is another picture now: %s (go test -update writes it; look at it)", file, c.Reason)
			}
		})
	}
}
