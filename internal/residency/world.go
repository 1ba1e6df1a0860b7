package residency

import "github.com/domicile-dev/domicile/internal/ownership"

// World is what decisions are made from. It is immutable.
type World struct {
	Graph    *ownership.Graph
	Policies []*Policy // by name
	Tenants  map[string]*Tenant
}
