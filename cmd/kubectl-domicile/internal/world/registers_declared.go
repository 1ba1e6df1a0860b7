package world

import (
	"fmt"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// load reads the data of the registers, unless the manifests are wrong anyway.
// The paths of a register begin in the folder of its manifest.
func (r *reader) load(places Registers) {
	if len(r.errors) > 0 {
		return
	}
	for _, at := range r.registers {
		name := at.Name()
		layer, err := places.load(r.ctx, name, r.parts.registers[name].compiled, filepath.Dir(at.Position().File))
		if err != nil {
			r.fail(at, "spec.source", fmt.Errorf("spec.source: %w\n%s", err, hint(name)))
		}
		r.parts.layers[name] = layer
	}
	if err := places.unknown(r.parts.registers.names()); err != nil {
		r.errors = append(r.errors, &manifest.Error{Position: manifest.Position{File: "--register"}, Err: err})
	}
}

// IsRegister says whether an object is an OwnershipRegister.
func IsRegister(o *manifest.Object) bool {
	return o.Kind() == "OwnershipRegister" && o.APIVersion() == v1alpha1.GroupVersion.String()
}

// PathsOf is spec.source.file.paths of an OwnershipRegister, as far as it can be
// read.
func PathsOf(o *manifest.Object) []string {
	paths, _, _ := unstructured.NestedStringSlice(o.Content, "spec", "source", "file", "paths")
	return paths
}
