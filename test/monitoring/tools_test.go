package monitoring

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	root     = "../.."
	chartDir = root + "/charts/domicile"
	files    = chartDir + "/files/monitoring"
	rules    = files + "/alerts.yaml"
	runbooks = root + "/docs/runbooks"
)

// promtool runs promtool and returns what it says.
func promtool(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, "bin", "promtool"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run `make bin/promtool`", err)
	}
	command := exec.CommandContext(t.Context(), path, args...)
	command.Stdin = strings.NewReader(stdin)
	said, err := command.CombinedOutput()
	return string(said), err
}

// render is `helm template` of one template of the chart.
func render(t *testing.T, template string, args ...string) string {
	t.Helper()
	helm := filepath.Join(root, "bin", "helm")
	if _, err := os.Stat(helm); err != nil {
		t.Fatalf("%v: run `make bin/helm`", err)
	}
	for _, path := range []string{"values.yaml", "values.schema.json", "templates/_names.tpl", "templates/" + template} {
		read(t, filepath.Join(chartDir, path)) // so that go test knows of it
	}
	command := exec.CommandContext(t.Context(), helm, append([]string{
		"template", "domicile", chartDir, "--namespace", "domicile-system", "--show-only", "templates/" + template,
	}, args...)...)
	var said strings.Builder
	command.Stderr = &said
	rendered, err := command.Output()
	if err != nil {
		t.Fatalf("helm template: %v\n%s", err, said.String())
	}
	return string(rendered)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write makes a temporary file.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
