package decisions

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"golang.org/x/tools/txtar"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// load reads the registers of a case from its files. A file that no register
// reads is an error, as is a register that cannot be read.
func (c Case) load(registers []v1alpha1.OwnershipRegister) (snapshot.Registers, error) {
	var out snapshot.Registers
	var layers []*ownership.Layer
	read := map[string]bool{}
	for i := range registers {
		name := registers[i].Name
		spec, errs := translate.Register(&registers[i])
		if len(errs) > 0 {
			return out, fmt.Errorf("OwnershipRegister %s: %w", name, errs.ToAggregate())
		}
		var files []register.File
		for _, path := range spec.Source.Paths {
			at := slices.IndexFunc(c.Files, func(f txtar.File) bool { return f.Name == path })
			if at < 0 {
				continue
			}
			read[path] = true
			data := c.Files[at].Data
			files = append(files, register.File{Name: path, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
		}
		if len(files) == 0 {
			out.Missing = append(out.Missing, name)
			continue
		}
		//nolint:forbidigo // the files are in memory: there is nothing to wait for
		layer, report, err := register.Read(context.Background(), files, spec.Options)
		if err != nil {
			return out, fmt.Errorf("OwnershipRegister %s: %w: %v", name, err, report.Refusals)
		}
		layers = append(layers, layer.Named(name))
	}
	for _, f := range c.Files {
		if !read[f.Name] {
			return out, fmt.Errorf("no OwnershipRegister reads %s", f.Name)
		}
	}
	if len(layers) > 0 {
		out.Layer = ownership.Merge(layers...)
	}
	return out, nil
}
