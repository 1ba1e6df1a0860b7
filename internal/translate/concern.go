package translate

import (
	"slices"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Concern is what admission is about because of some policies: what any of them is.
type Concern struct{ scopes []*scope }

// NewConcern unites what policies cover. Without any it is what is covered by default.
func NewConcern(matches ...*v1alpha1.Match) Concern {
	if len(matches) == 0 {
		matches = []*v1alpha1.Match{nil}
	}
	var c Concern
	for _, m := range matches {
		c.scopes = append(c.scopes, newScope(m))
	}
	return c
}

// Concerns is residency.World.Concerns.
func (c Concern) Concerns(o *residency.Object) bool {
	return slices.ContainsFunc(c.scopes, func(s *scope) bool { return s.concerns(o) })
}

// APIKeyNames are the names in a Secret's data that make it an API key, sorted.
func (c Concern) APIKeyNames() []string {
	var names []string
	for _, s := range c.scopes {
		for name := range s.apiKeys {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// APIGroups lists the API groups that have anything of concern, sorted.
func (c Concern) APIGroups() []string {
	var groups []string
	for _, s := range c.scopes {
		for _, rule := range slices.Concat(s.byDefault, s.named) {
			groups = append(groups, rule.Groups...)
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}
