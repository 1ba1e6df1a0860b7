package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

// source is what the code that is shipped says.
type source struct {
	texts []string        // the string constants, as one text for each
	words map[string]bool // the string constants and the names of types
}

// code reads the Go code that is shipped, once for all tests.
var code = sync.OnceValues(func() (*source, error) {
	s := &source{words: map[string]bool{}}
	for _, folder := range []string{"api", "cmd", "controllers", "internal", "webhook"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, s.add)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
})

// add notes a string constant, or the name of a type.
func (s *source) add(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.TypeSpec:
		s.words[n.Name.Name] = true
	case *ast.BasicLit:
		if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
			s.texts = append(s.texts, text)
			s.words[text] = true
		}
	}
	return true
}

// says tells whether a message has this in it, in the same case or in any.
func (s *source) says(text string, anyCase bool) bool {
	if anyCase {
		text = strings.ToLower(text)
	}
	for _, said := range s.texts {
		if anyCase {
			said = strings.ToLower(said)
		}
		if strings.Contains(said, text) {
			return true
		}
	}
	return false
}

func shipped(t *testing.T) *source {
	t.Helper()
	s, err := code()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// documents are the pages that say how Domicile is: not what it was (the list of
// changes), and not why (docs/adr).
func documents(t *testing.T) []string {
	t.Helper()
	found := []string{"README.md", "SECURITY.md", "SCOPE.md", "CONTRIBUTING.md"}
	for _, pattern := range []string{"docs/*.md", "docs/runbooks/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d pages, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			page, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, filepath.ToSlash(page))
		}
	}
	return found
}

// load reads a file of YAML into what out points to.
func load(t *testing.T, path string, out any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, path)), out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
