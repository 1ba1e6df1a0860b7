package residency

import "github.com/domicile-dev/domicile/internal/ownership"

// World is what decisions are made from. It is immutable.
type World struct {
	Graph    *ownership.Graph
	Policies []*Policy // by name
	Tenants  map[string]*Tenant
	// Verdicts has what is known of the tenants beforehand; nil is nothing.
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
