package layout

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/domicile-dev/domicile"
)

// linked is a package, what it imports and all that it links, tests aside.
type linked struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

// path is the package's path in the repository; the root is ".".
func (p linked) path() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

// world is what `go list -deps` says about the module.
type world struct {
	ours     []linked
	standard map[string]bool
}

func load(t *testing.T) world {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps", "./...")
	list.Dir = root
	var stderr strings.Builder
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	w := world{standard: map[string]bool{"C": true, "unsafe": true}}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p linked
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return w
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		if p.Standard {
			w.standard[p.ImportPath] = true
		}
		if isOurs(p.ImportPath) {
			w.ours = append(w.ours, p)
		}
	}
}

func isOurs(importPath string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

// within says whether a path is a folder or below it. "." is the root alone.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}
