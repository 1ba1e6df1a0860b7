package translate

import (
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Concern is what admission is about because of some policies.
type Concern struct{ scope *scope }

// NewConcern unites what is covered by default with what policies name.
func NewConcern(matches ...*v1alpha1.Match) Concern {
	s := newScope(nil)
	for _, m := range matches {
		s.add(m)
	}
	return Concern{s}
}

// Concerns is residency.World.Concerns.
func (c Concern) Concerns(o *residency.Object) bool { return c.scope.concerns(o) }

// APIKeyNames are the names in a Secret's data that make it an API key, sorted.
func (c Concern) APIKeyNames() []string { return slices.Sorted(maps.Keys(c.scope.apiKeys)) }

// APIGroups lists the API groups that have anything of concern, sorted.
func (c Concern) APIGroups() []string { return c.scope.groups() }
