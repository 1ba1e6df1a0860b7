package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin is the name under which Load reads standard input.
const Stdin = "-"

// Load reads files, the manifests in folders and all their subfolders (*.yaml,
// *.yml, *.json, in lexical order), and standard input where a name is "-". A
// file that is named twice is read once.
func Load(names []string, stdin io.Reader, limits Limits) ([]Object, []*Error) {
	l := loader{limits: limits, stdin: stdin, seen: map[string]bool{}}
	for _, name := range names {
		l.name(name)
	}
	return l.objects, l.errors
}

type loader struct {
	limits  Limits
	stdin   io.Reader
	seen    map[string]bool
	read    int64
	full    bool // more than TotalBytes have been read
	objects []Object
	errors  []*Error
}

func (l *loader) fail(name string, format string, args ...any) {
	l.collect(nil, []*Error{errorAt(Position{File: name}, format, args...)})
}

func (l *loader) collect(objects []Object, errs []*Error) {
	l.objects = append(l.objects, objects...)
	l.errors = append(l.errors, errs[:min(len(errs), l.limits.Errors-len(l.errors))]...)
}

func (l *loader) name(name string) {
	if name == Stdin {
		if l.first(name) {
			l.reader("stdin", l.stdin)
		}
		return
	}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		l.fail(name, "addresses are not read: download it, or pipe it to -f -")
		return
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.fail(name, "no such file or folder")
	case err != nil:
		l.fail(name, "%w", cause(err))
	case inChart(name, info.IsDir()):
		l.chart(name, chartOf(name))
	case info.IsDir():
		l.folder(name)
	default:
		l.file(name)
	}
}

// folder reads the manifests of a folder. Links to folders are not followed, so
// that there are no loops.
func (l *loader) folder(root string) {
	found := false
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			l.fail(path, "%w", cause(err))
			return nil
		}
		if entry.IsDir() && isChart(path) {
			found = true
			l.chart(path, path)
			return fs.SkipDir
		}
		if entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path)) {
			return nil
		}
		info, err := os.Stat(path)
		if err != nil {
			l.fail(path, "%w", cause(err))
			return nil
		}
		if info.Mode().IsRegular() {
			found = true
			l.file(path)
		}
		if l.full || len(l.seen) > l.limits.Files || len(l.errors) >= l.limits.Errors {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		l.fail(root, "%w", cause(err))
	}
	if !found && err == nil {
		l.fail(root, "no manifests in this folder: *.yaml, *.yml and *.json are read")
	}
}

func (l *loader) file(path string) {
	if !l.first(path) {
		return
	}
	f, err := os.Open(path)
	if err != nil {
		l.fail(path, "%w", cause(err))
		return
	}
	l.reader(path, f)
	if err := f.Close(); err != nil {
		l.fail(path, "%w", cause(err))
	}
}

// first says whether a file has not been read before, and may be.
func (l *loader) first(name string) bool {
	id := name
	if absolute, err := filepath.Abs(name); err == nil && name != Stdin {
		id = absolute
	}
	if l.seen[id] {
		return false
	}
	l.seen[id] = true
	if len(l.seen) > l.limits.Files {
		l.fail(name, "more than %d files", l.limits.Files)
		return false
	}
	return true
}

func (l *loader) reader(name string, r io.Reader) {
	if l.full {
		return
	}
	counted := &counter{r: r}
	objects, errs := read(name, counted, l.limits, len(l.objects))
	l.collect(objects, errs)
	if l.read += counted.n; l.read > l.limits.TotalBytes {
		l.fail(name, "more than %s in all", size(l.limits.TotalBytes))
		l.full = true
	}
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// cause leaves the path out of an error, since the position has it.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return fmt.Errorf("%s: %w", path.Op, path.Err)
	}
	return err
}
