package layout

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxLines is the longest that a file written by hand may be.
const maxLines = 500

var generated = regexp.MustCompile(`^// Code generated .* DO NOT EDIT\.$`)

func TestNoFileIsTooLong(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			hidden := strings.HasPrefix(entry.Name(), ".") && path != root
			if hidden || path == filepath.Join(root, "bin") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		lines, err := handWrittenLines(path)
		if err != nil {
			return err
		}
		if lines > maxLines {
			t.Errorf("%s has %d lines, %d at most: there are two files in it", path, lines, maxLines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("no Go file found")
	}
}

// handWrittenLines counts the lines of a Go file; a generated one has none.
func handWrittenLines(path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close() //nolint:errcheck // opened for reading
	lines := 0
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		if generated.MatchString(scanner.Text()) {
			return 0, nil
		}
		lines++
	}
	return lines, scanner.Err()
}
