package world

import (
	"slices"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// View is what decisions are made from, as manifests or a cluster show it.
type View struct {
	*snapshot.Snapshot

	// Notes say what of the world could not be read, and what to do about it.
	Notes []string
	// Missing names the registers of a cluster whose data could not be read, and
	// that nobody has asked to do without.
	Missing []string

	parts parts
}

func newView(p parts) *View { return &View{Snapshot: p.snapshot(), parts: p} }

// PolicyNames lists the TenantPolicies by name.
func (w *View) PolicyNames() []string {
	names := make([]string, 0, len(w.Policies))
	for _, p := range w.Policies {
		names = append(names, p.Name)
	}
	return names
}

// TenantNames lists the Tenants by name.
func (w *View) TenantNames() []string {
	names := make([]string, 0, w.Tenants.Len())
	for t := range w.Tenants.All() {
		names = append(names, t.Name)
	}
	slices.Sort(names)
	return names
}

// DeclaredTenant is a Tenant as it was read, with its status; nil if there is none.
func (w *View) DeclaredTenant(name string) *v1alpha1.Tenant {
	t, ok := w.parts.tenants[name]
	if !ok {
		return nil
	}
	return &t.declared
}

// HasData says whether the data of a register is there.
func (w *View) HasData(register string) bool { return w.parts.layers[register] != nil }

// EntityNames lists the LegalEntities by name.
func (w *View) EntityNames() []string { return w.parts.entities.names() }
