package world

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// parts are the objects that a world is made of.
type parts struct {
	policies   kind[v1alpha1.TenantPolicy, *translate.CompiledPolicy]
	tenants    kind[v1alpha1.Tenant, *translate.CompiledTenant]
	entities   kind[v1alpha1.LegalEntity, *translate.CompiledEntity]
	exemptions kind[v1alpha1.TenantExemption, *translate.CompiledExemption]
	registers  kind[v1alpha1.OwnershipRegister, *compiledRegister]
	points     kind[v1alpha1.AccessPoint, *translate.CompiledAccessPoint]
	// definitions say which kinds hold Pods that nobody knows by name.
	definitions Definitions
	// layers is the data of the registers, by name; nil for one that is missing.
	layers map[string]*ownership.Layer
}

func newParts() parts {
	return parts{
		policies:   kind[v1alpha1.TenantPolicy, *translate.CompiledPolicy]{},
		tenants:    kind[v1alpha1.Tenant, *translate.CompiledTenant]{},
		entities:   kind[v1alpha1.LegalEntity, *translate.CompiledEntity]{},
		exemptions: kind[v1alpha1.TenantExemption, *translate.CompiledExemption]{},
		registers:  kind[v1alpha1.OwnershipRegister, *compiledRegister]{},
		points:     kind[v1alpha1.AccessPoint, *translate.CompiledAccessPoint]{},
		layers:     map[string]*ownership.Layer{},

		definitions: Definitions{},
	}
}

// compiled is what an object is compiled to.
type compiled interface {
	// Problems are what is wrong with the object.
	Problems() field.ErrorList
}

// compiledRegister says how a register is read, and what is wrong with it.
type compiledRegister struct {
	spec translate.RegisterSpec
	errs field.ErrorList
}

// Problems implements compiled.
func (c *compiledRegister) Problems() field.ErrorList { return c.errs }

func compileRegister(r *v1alpha1.OwnershipRegister) *compiledRegister {
	spec, errs := translate.Register(r)
	return &compiledRegister{spec: spec, errs: errs}
}

// part is an object as it was read, and what was compiled of it, once.
type part[T any, C compiled] struct {
	declared T
	compiled C
}

// kind are the objects of one kind, by name.
type kind[T any, C compiled] map[string]part[T, C]

func (k kind[T, C]) names() []string { return slices.Sorted(maps.Keys(k)) }

// add decodes an object, compiles it, and says what is wrong with it.
func (k kind[T, C]) add(content map[string]any, compile func(*T) C) (field.ErrorList, error) {
	var p part[T, C]
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &p.declared); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	p.compiled = compile(&p.declared)
	k[(&unstructured.Unstructured{Object: content}).GetName()] = p
	return p.compiled.Problems(), nil
}

// compiled are what the objects were compiled to, by name.
func (k kind[T, C]) compiled() map[string]C {
	all := make(map[string]C, len(k))
	for name, p := range k {
		all[name] = p.compiled
	}
	return all
}

// snapshot is the world that the objects make.
func (p parts) snapshot() *snapshot.Snapshot {
	var registers snapshot.Registers
	var layers []*ownership.Layer
	for _, name := range slices.Sorted(maps.Keys(p.layers)) {
		if p.layers[name] == nil {
			registers.Missing = append(registers.Missing, name)
			continue
		}
		layers = append(layers, p.layers[name])
	}
	if len(layers) > 0 {
		registers.Layer = ownership.Merge(layers...)
		// Nobody asks for the revision of a world of the plugin, and computing
		// one goes over all the data.
		registers.Revision = "read by kubectl domicile"
	}
	found := p.definitions.holdPods()
	return snapshot.New().With(snapshot.Changes{
		Policies: p.policies.compiled(), Tenants: p.tenants.compiled(),
		Entities: p.entities.compiled(), Exemptions: p.exemptions.compiled(),
		AccessPoints: p.points.compiled(), Registers: &registers, Found: &found,
	})
}
