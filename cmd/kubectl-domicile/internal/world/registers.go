package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/source"
)

// Registers says where the data of OwnershipRegisters is on this machine, by the
// names of the registers: files, or one folder in which their paths begin. The
// path "" means to do without the data. Registers that are not there are read
// from their own source.
type Registers map[string][]string

// Split says which places are for registers that are among objects, and which
// are for others.
func (o Registers) Split(objects []manifest.Object) (mine, others Registers) {
	mine, others = Registers{}, Registers{}
	for i := range objects {
		if paths, ok := o[objects[i].Name()]; ok && IsRegister(&objects[i]) {
			mine[objects[i].Name()] = paths
		}
	}
	for name, paths := range o {
		if mine[name] == nil {
			others[name] = paths
		}
	}
	return mine, others
}

// maxDownload bounds what is downloaded for one register.
const maxDownload = 64 << 30

// load reads a register. Its paths begin in a folder. A nil layer without an
// error is one to do without.
func (o Registers) load(ctx context.Context, name string, r *compiledRegister, folder string) (layer *ownership.Layer, err error) {
	if len(r.errs) > 0 {
		return nil, r.errs.ToAggregate()
	}
	spec, paths := r.spec, o[name]
	if slices.Equal(paths, []string{""}) {
		return nil, nil //nolint:nilnil // as documented
	}
	if len(paths) > 0 && !isFolder(paths) {
		return read(ctx, name, filesOf(paths), spec.Options)
	}
	if len(paths) > 0 {
		folder = paths[0]
		if spec.Source.Paths == nil {
			return nil, fmt.Errorf("%s is a folder, and the register has no spec.source.file with paths in it: name the files one by one", folder)
		}
	}
	downloads, err := os.MkdirTemp("", "domicile-register-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(downloads)) }()
	fetcher, err := source.New(source.Options{Folder: folder, RegistryConfig: dockerConfig(), UserAgent: "kubectl-domicile"})
	if err != nil {
		return nil, err
	}
	fetched, err := fetcher.Fetch(ctx, source.Request{Spec: spec.Source, Folder: downloads, MaxBytes: maxDownload})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, fetched.Close()) }()
	return read(ctx, name, fetched.Files, spec.Options)
}

func read(ctx context.Context, name string, files []register.File, o register.Options) (*ownership.Layer, error) {
	layer, _, err := register.Read(ctx, files, o)
	if err != nil {
		return nil, err
	}
	return layer.Named(name), nil
}

func isFolder(paths []string) bool {
	info, err := os.Stat(paths[0])
	return err == nil && info.IsDir() && len(paths) == 1
}

func filesOf(paths []string) []register.File {
	files := make([]register.File, 0, len(paths))
	for _, path := range paths {
		files = append(files, register.File{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	return files
}

// dockerConfig is the file in which docker login keeps credentials, "" if there
// is none.
func dockerConfig() string {
	folder := os.Getenv("DOCKER_CONFIG")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		folder = filepath.Join(home, ".docker")
	}
	path := filepath.Join(folder, "config.json")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// unknown lists the names for which a place is given and that no register has.
func (o Registers) unknown(known []string) error {
	var names []string
	for name := range o {
		if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return &NotFoundError{Resource: "ownershipregisters", Name: strings.Join(names, ", "), Known: known}
}

// live reads a register of a cluster. The note says why its data is missing.
func (o Registers) live(ctx context.Context, name string, r part[v1alpha1.OwnershipRegister, *compiledRegister]) (layer *ownership.Layer, note string) {
	if file := r.declared.Spec.Source.File; file != nil && len(o[name]) == 0 {
		return nil, fmt.Sprintf("register %s is left out: its files (%s) are mounted into the managers, and cannot be read from here\n"+
			"copy them from where that volume has them, or what kubectl domicile register compile makes of them there, and %s",
			name, strings.Join(file.Paths, ", "), hint(name))
	}
	layer, err := o.load(ctx, name, r.compiled, ".")
	if err != nil {
		return nil, fmt.Sprintf("register %s is left out: %v\n%s", name, err, hint(name))
	}
	return layer, ""
}

// hint tells how to give the data of a register.
func hint(name string) string {
	return fmt.Sprintf("say where its data is with --register %s=FILE, or do without it with --register %s=", name, name)
}
