package world

import (
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// World is what decisions are made from.
type World struct {
	*snapshot.Snapshot

	entities []string // by name
}

func newWorld(policies []v1alpha1.TenantPolicy, tenants []v1alpha1.Tenant, entities []v1alpha1.LegalEntity) *World {
	w := &World{Snapshot: translate.Snapshot(policies, tenants, entities, nil)}
	for i := range entities {
		w.entities = append(w.entities, entities[i].Name)
	}
	slices.Sort(w.entities)
	return w
}

// PolicyNames lists the TenantPolicies by name.
func (w *World) PolicyNames() []string {
	names := make([]string, 0, len(w.Policies))
	for _, p := range w.Policies {
		names = append(names, p.Name)
	}
	return names
}

// TenantNames lists the Tenants by name.
func (w *World) TenantNames() []string {
	return slices.Sorted(maps.Keys(w.Tenants))
}

// EntityNames lists the LegalEntities by name.
func (w *World) EntityNames() []string { return w.entities }
