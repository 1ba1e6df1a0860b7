package residency

import (
	"iter"
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// World is what decisions are made from. It is immutable.
type World struct {
	Graph    *ownership.Graph
	Policies []*Policy // by name
	Tenants  Tenants
	// Namespaces says which namespaces are tenants'; nil has none.
	Namespaces Namespaces
	// Verdicts answers for one period of ownership without tracing; nil has no answer.
	Verdicts *Verdicts
	// APIKeyNames are the names in a Secret's data that make it an API key for
	// some policy, besides its type and label.
	APIKeyNames []string
	// APIGroups are the API groups that have anything of concern.
	APIGroups []string
	// HoldsPods says whether a resource that nobody names holds Pods by its
	// CustomResourceDefinition. Nil is none.
	HoldsPods func(group, resource string) bool
	// Concerns says whether admission is about an object at all: whether its
	// resource is covered by default or by any policy and, for a Secret,
	// whether it is an API key or IsTenantSecret. What it is not about gets no decision of any
	// sort. Nil is about everything.
	Concerns func(*Object) bool
}

// IsAbout says whether admission is about an object, as Concerns does.
func (w *World) IsAbout(o *Object) bool { return w.Concerns == nil || w.Concerns(w.known(o)) }

// Tenant is the tenant of a name, or nil.
func (w *World) Tenant(name string) *Tenant {
	if w.Tenants == nil {
		return nil
	}
	return w.Tenants.Get(name)
}

// known is the object with what its kind is by the cluster's definitions.
func (w *World) known(o *Object) *Object {
	if o.HoldsPods || w.HoldsPods == nil || !w.HoldsPods(o.Group, o.Resource) {
		return o
	}
	known := *o
	known.HoldsPods = true
	return &known
}

// Placed is the object with what the cluster says of its kind, and tenants of its
// namespace by their spec. The object itself is left as it is, because it may be placed
// in several worlds.
func (w *World) Placed(o *Object) *Object {
	o = w.known(o)
	if o.Namespace == nil || w.Namespaces == nil {
		return o
	}
	by := w.Namespaces.BoundBy(o.Namespace.Name)
	if slices.Equal(by, o.Namespace.BoundBy) {
		return o
	}
	placed, ns := *o, *o.Namespace
	ns.BoundBy = by
	placed.Namespace = &ns
	return &placed
}

// isTenants says whether a namespace is a tenant's although it is not bound.
func (w *World) isTenants(ns *Namespace) bool {
	return ns != nil && w.Namespaces != nil && w.Namespaces.Admitted(ns)
}

// Namespaces are found by what the specs of all tenants say of them.
type Namespaces interface {
	// BoundBy are the tenants that bind a namespace, by name.
	BoundBy(namespace string) []string
	// Admitted says whether any tenant may be claimed in a namespace by the
	// namespace's name, or by a selector that does not select everything.
	Admitted(*Namespace) bool
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
