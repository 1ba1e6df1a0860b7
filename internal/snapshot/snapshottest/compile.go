// Package snapshottest makes snapshots for tests and benchmarks.
package snapshottest

import (
	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Inputs are API objects, in any order, that a snapshot is compiled from.
type Inputs struct {
	Policies   []v1alpha1.TenantPolicy
	Tenants    []v1alpha1.Tenant
	Entities   []v1alpha1.LegalEntity
	Exemptions []v1alpha1.TenantExemption
	Registers  snapshot.Registers
	// AccessPoints are for requests.
	AccessPoints []v1alpha1.AccessPoint
	// Found are kinds that hold Pods and are not known by name.
	Found kinds.Found
}

// Compile compiles a whole world.
func Compile(in Inputs) *snapshot.Snapshot {
	c := snapshot.Changes{
		Policies: map[string]*translate.CompiledPolicy{}, Tenants: map[string]*translate.CompiledTenant{},
		Entities: map[string]*translate.CompiledEntity{}, Exemptions: map[string]*translate.CompiledExemption{},
		AccessPoints: map[string]*translate.CompiledAccessPoint{},
		Registers:    &in.Registers,
		Found:        &in.Found,
	}
	for i := range in.AccessPoints {
		c.AccessPoints[in.AccessPoints[i].Name] = translate.AccessPoint(&in.AccessPoints[i])
	}
	for i := range in.Policies {
		c.Policies[in.Policies[i].Name] = translate.Policy(&in.Policies[i])
	}
	for i := range in.Tenants {
		c.Tenants[in.Tenants[i].Name] = translate.Tenant(&in.Tenants[i])
	}
	for i := range in.Entities {
		c.Entities[in.Entities[i].Name] = translate.LegalEntity(&in.Entities[i])
	}
	for i := range in.Exemptions {
		c.Exemptions[in.Exemptions[i].Name] = translate.Exemption(&in.Exemptions[i])
	}
	return snapshot.New().With(c)
}
