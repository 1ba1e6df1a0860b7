package world

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// parts are the objects that a world is made of.
type parts struct {
	policies   kind[v1alpha1.TenantPolicy]
	tenants    kind[v1alpha1.Tenant]
	entities   kind[v1alpha1.LegalEntity]
	exemptions kind[v1alpha1.TenantExemption]
	registers  kind[v1alpha1.OwnershipRegister]
	// layers is the data of the registers, by name; nil for one that is missing.
	layers map[string]*ownership.Layer
}

// kind are the objects of one kind, by name.
type kind[T any] map[string]T

func kindOf[T any](objects []T, name func(*T) string) kind[T] {
	k := make(kind[T], len(objects))
	for i := range objects {
		k[name(&objects[i])] = objects[i]
	}
	return k
}

func (k kind[T]) names() []string { return slices.Sorted(maps.Keys(k)) }

func (k kind[T]) list() []T {
	all := make([]T, 0, len(k))
	for _, name := range k.names() {
		all = append(all, k[name])
	}
	return all
}

func nameOf[T any, P interface {
	*T
	metav1.Object
}](o *T) string {
	return P(o).GetName()
}

func (p parts) compile() *snapshot.Snapshot {
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
	return snapshot.Compile(snapshot.Inputs{
		Policies: p.policies.list(), Tenants: p.tenants.list(), Entities: p.entities.list(), Exemptions: p.exemptions.list(),
		Registers: registers,
	})
}
