package cases

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// extension is what the names of cases in folders end in.
const extension = ".txtar"

// find lists the files of cases that are named, and those in folders that are
// and in their subfolders. Each is there once.
func find(names []string) (files []string, wrong []*manifest.Error) {
	fail := func(name string, err error) {
		wrong = append(wrong, &manifest.Error{Position: manifest.Position{File: name}, Err: err})
	}
	add := func(name string) {
		if !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	for _, name := range names {
		name = filepath.Clean(name)
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fail(name, errors.New("no such file or folder"))
			continue
		case err != nil:
			fail(name, err)
			continue
		case !info.IsDir():
			add(name)
			continue
		}
		found := false
		err = filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && filepath.Ext(path) == extension {
				found = true
				add(path)
			}
			return err
		})
		switch {
		case err != nil:
			fail(name, err)
		case !found:
			fail(name, errors.New("no cases in this folder: *"+extension+" are read"))
		}
	}
	return files, wrong
}
