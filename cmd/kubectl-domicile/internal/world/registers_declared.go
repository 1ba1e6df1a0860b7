package world

import (
	"fmt"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// declaredRegister is an OwnershipRegister of a manifest.
type declaredRegister struct {
	v1alpha1.OwnershipRegister
	at *manifest.Object
}

func (r *reader) register(o *manifest.Object, content map[string]any) (field.ErrorList, error) {
	declared := declaredRegister{at: o}
	if err := decode(content, &declared.OwnershipRegister); err != nil {
		return nil, err
	}
	r.registers = append(r.registers, declared)
	_, errs := translate.Register(&declared.OwnershipRegister)
	return errs, nil
}

// load reads the data of the registers, unless the manifests are wrong anyway.
// The paths of a register begin in the folder of its manifest.
func (r *reader) load(places Registers) (all []v1alpha1.OwnershipRegister, layers map[string]*ownership.Layer) {
	if len(r.errors) > 0 {
		return nil, nil
	}
	layers = map[string]*ownership.Layer{}
	for _, declared := range r.registers {
		all = append(all, declared.OwnershipRegister)
		layer, err := places.load(r.ctx, &declared.OwnershipRegister, filepath.Dir(declared.at.Position().File))
		if err != nil {
			r.fail(declared.at, "spec.source", fmt.Errorf("spec.source: %w\n%s", err, hint(declared.Name)))
		}
		layers[declared.Name] = layer
	}
	if err := places.unknown(all); err != nil {
		r.errors = append(r.errors, &manifest.Error{Position: manifest.Position{File: "--register"}, Err: err})
	}
	return all, layers
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
