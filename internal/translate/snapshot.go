package translate

import (
	"maps"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// World is what a snapshot is compiled from. The order of the objects does not
// matter.
type World struct {
	Policies   []v1alpha1.TenantPolicy
	Tenants    []v1alpha1.Tenant
	Entities   []v1alpha1.LegalEntity
	Exemptions []v1alpha1.TenantExemption
	Registers  Registers
}

// Registers is the ownership data that comes from OwnershipRegisters. The zero
// value is no register.
type Registers struct {
	// Layer is the data of all registers; nil for none.
	Layer *ownership.Layer
	// Revision identifies the data: replicas that have read the same files have
	// the same one. If it is empty, it is computed from the layer, which takes
	// time in proportion to its size.
	Revision string
	// Missing names the registers that should be in Layer and are not.
	Missing []string
}

// Snapshot compiles the whole world with registers that have been read: base is
// all of them merged, nil for none; missing names those that should be in it and
// are not.
func Snapshot(policies []v1alpha1.TenantPolicy, tenants []v1alpha1.Tenant, entities []v1alpha1.LegalEntity, base *ownership.Layer, missing ...string) *snapshot.Snapshot {
	return Compile(World{Policies: policies, Tenants: tenants, Entities: entities, Registers: Registers{Layer: base, Missing: missing}})
}

// Compile compiles the whole world. Invalid objects don't stop it: an invalid
// policy answers Indeterminate, an invalid LegalEntity is a party about which
// nothing is known, an invalid exemption exempts nobody.
func Compile(w World) *snapshot.Snapshot {
	s := &snapshot.Snapshot{
		World: residency.World{
			Graph:   ownership.NewGraph(w.Registers.Layer, layerOf(w.Entities), w.Registers.Missing...),
			Tenants: make(map[string]*residency.Tenant, len(w.Tenants)),
		},
		Revision: revision(w),
	}
	for i := range w.Tenants {
		s.Tenants[w.Tenants[i].Name], _ = Tenant(&w.Tenants[i])
	}
	concern, exemptions := newScope(nil), exemptionsByPolicy(w.Exemptions)
	for _, i := range byName(w.Policies, func(p *v1alpha1.TenantPolicy) string { return p.Name }) {
		policy, _ := Policy(&w.Policies[i])
		policy.Exemptions = exemptions[policy.Name]
		s.Policies = append(s.Policies, policy)
		concern.add(w.Policies[i].Spec.Match)
	}
	s.Concerns, s.APIKeyNames = concern.concerns, slices.Sorted(maps.Keys(concern.apiKeys))
	s.APIGroups = concern.groups()
	return s
}

func layerOf(entities []v1alpha1.LegalEntity) *ownership.Layer {
	var builder ownership.Builder
	for _, i := range byName(entities, func(e *v1alpha1.LegalEntity) string { return e.Name }) {
		party, interests, errs := LegalEntity(&entities[i])
		if len(errs) > 0 {
			continue
		}
		builder.AddParty(party)
		for _, interest := range interests {
			builder.AddInterest(interest)
		}
	}
	return builder.Layer()
}

// byName returns the indices of objects in the order of their names.
func byName[T any](objects []T, name func(*T) string) []int {
	order := make([]int, len(objects))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(name(&objects[a]), name(&objects[b])) })
	return order
}
