package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/register"
)

// maxFiles bounds how many files one register has.
const maxFiles = 10_000

// files opens files of the folder for registers. Everything goes through an
// os.Root: neither ".." nor a symbolic link leads out of the folder, whatever
// happens to it meanwhile.
func (f *Fetcher) files(ctx context.Context, r Request) (_ *Result, err error) {
	if f.options.Folder == "" {
		return nil, errors.New("this manager has no folder for registers: set --register-dir")
	}
	root, err := os.OpenRoot(f.options.Folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder for registers: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Close())
		}
	}()
	names, err := find(root, r.Paths)
	if err != nil {
		return nil, err
	}
	version, err := state(root, names)
	if err != nil {
		return nil, err
	}
	if version == r.Version {
		return &Result{Unchanged: true, Version: version, close: root.Close}, nil
	}
	result := &Result{Version: version, close: root.Close}
	for _, name := range names {
		result.Files = append(result.Files, register.File{Name: name, Open: func() (io.ReadCloser, error) { return root.Open(name) }})
	}
	if r.Checksum != "" {
		// What is checked must be what is read: a copy does not change.
		if result.Files, err = copied(ctx, result.Files, r); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// find lists the files that paths and patterns name, each once, in order. A path
// or pattern that names none is an error.
func find(root *os.Root, paths []string) ([]string, error) {
	var names []string
	for _, p := range paths {
		if !strings.ContainsAny(p, `*?[\`) {
			names = append(names, path.Clean(p))
			continue
		}
		matches, err := fs.Glob(root.FS(), p)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", p, err)
		}
		found := 0
		for _, m := range matches {
			if info, err := root.Stat(m); err == nil && info.IsDir() {
				continue // a ConfigMap's own folders stand beside its files
			}
			names = append(names, m)
			found++
		}
		if found == 0 {
			return nil, fmt.Errorf("no file matches %s", p)
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) > maxFiles {
		return nil, fmt.Errorf("%d files are more than %d", len(names), maxFiles)
	}
	return names, nil
}

// state changes when a file does, or another one takes its place.
func state(root *os.Root, names []string) (string, error) {
	hash := sha256.New()
	for _, name := range names {
		info, err := root.Stat(name)
		if err != nil {
			return "", fmt.Errorf("find %s: %w", name, err)
		}
		if !info.Mode().IsRegular() {
			return "", fmt.Errorf("%s is not a regular file", name)
		}
		fmt.Fprintf(hash, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// copied copies files and compares their checksum.
func copied(ctx context.Context, files []register.File, r Request) ([]register.File, error) {
	into := newFolder(r)
	var copies []register.File
	for _, file := range files {
		from, err := file.Open()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file.Name, err)
		}
		same, got, err := into.save(file.Name, untilDone{ctx, from})
		if err = errors.Join(err, from.Close()); err != nil {
			return nil, err
		}
		if got != r.Checksum {
			return nil, mismatch(file.Name, r.Checksum, got)
		}
		copies = append(copies, same)
	}
	return copies, nil
}

// untilDone reads until a context ends.
type untilDone struct {
	ctx context.Context
	io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}
