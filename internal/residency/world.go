package residency

import (
	"iter"
	"maps"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// World is what decisions are made from. It is immutable.
type World struct {
	Graph    *ownership.Graph
	Policies []*Policy // by name
	Tenants  Tenants
	// Verdicts answers for one period of ownership without tracing; nil has no answer.
	Verdicts *Verdicts
	// APIKeyNames are the names in a Secret's data that make it an API key for
	// some policy, besides its type and label.
	APIKeyNames []string
	// APIGroups are the API groups that have anything of concern.
	APIGroups []string
	// Concerns says whether admission is about an object at all: whether its
	// resource is covered by default or by any policy and, for a Secret,
	// whether it is an API key. What it is not about gets no decision of any
	// sort. Nil is about everything.
	Concerns func(*Object) bool
}

// IsAbout says whether admission is about an object, as Concerns does.
func (w *World) IsAbout(o *Object) bool { return w.Concerns == nil || w.Concerns(o) }

// Tenant is the tenant of a name, or nil.
func (w *World) Tenant(name string) *Tenant {
	if w.Tenants == nil {
		return nil
	}
	return w.Tenants.Get(name)
}

// Tenants are looked up by name.
type Tenants interface {
	// Get is the tenant of a name, or nil.
	Get(name string) *Tenant
	Len() int
	// All has them in no order.
	All() iter.Seq[*Tenant]
}

// TenantMap is a few tenants by name.
type TenantMap map[string]*Tenant

// Get implements Tenants.
func (m TenantMap) Get(name string) *Tenant { return m[name] }

// Len implements Tenants.
func (m TenantMap) Len() int { return len(m) }

// All implements Tenants.
func (m TenantMap) All() iter.Seq[*Tenant] { return maps.Values(m) }
