package chart

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	root      = "../.."
	chartDir  = root + "/charts/domicile"
	release   = "domicile"
	namespace = "domicile-system"
)

// run executes one of our tools and returns what it says on both outputs.
func run(t *testing.T, env []string, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	path := filepath.Join(root, "bin", name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run `make bin/%s`", err, name)
	}
	readInputs(t)
	var out, errs strings.Builder
	command := exec.CommandContext(t.Context(), path, args...)
	command.Env = append(os.Environ(), env...)
	command.Stdout, command.Stderr = &out, &errs
	err = command.Run()
	return out.String(), errs.String(), err
}

// readInputs opens what the tools will read. `go test` answers from its cache
// until a file changes that the test itself has opened.
func readInputs(t *testing.T) {
	t.Helper()
	for _, dir := range []string{chartDir, root + "/config"} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			_, err = os.ReadFile(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// mustRun is run for what has to succeed.
func mustRun(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	stdout, stderr, err := run(t, env, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr)
	}
	return stdout
}

// render is `helm template` of the chart, but what is there only for `helm test`.
func render(t *testing.T, args ...string) string {
	t.Helper()
	return mustRun(t, nil, "helm", append([]string{"template", release, chartDir, "--namespace", namespace, "--skip-tests"}, args...)...)
}
