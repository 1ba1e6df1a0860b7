package docs

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the picture in docs/ anew")

// TestThePictureIsWhatExplainDraws: docs/lantern.svg is what the samples get
// today.
func TestThePictureIsWhatExplainDraws(t *testing.T) {
	plugin, err := filepath.Abs(filepath.Join(root, "bin", "kubectl-domicile"))
	if err != nil {
		t.Fatal(err)
	}
	explain := exec.CommandContext(t.Context(), plugin, "explain", "tenant/lantern", "--policy", "no-restricted-owners",
		"-f", "policy.yaml", "-f", "entities.yaml", "-f", "tenants.yaml", "--at", "2026-07-01T00:00:00Z", "-o", "svg")
	explain.Dir = filepath.Join(root, "config", "samples")
	drawn, err := explain.Output()
	if err != nil {
		t.Fatalf("%v: run `make build`", err)
	}
	file := filepath.Join(root, "docs", "lantern.svg")
	if *update {
		if err := os.WriteFile(file, drawn, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal([]byte(read(t, "docs/lantern.svg")), drawn) {
		t.Error("docs/lantern.svg is not what explain draws: go test ./test/docs -update writes it; look at it")
	}
}
