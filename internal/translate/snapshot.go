package translate

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// Snapshot compiles the whole world. Invalid objects don't stop it: an invalid
// policy answers Indeterminate, an invalid LegalEntity is a party about which
// nothing is known. The order of the objects does not matter.
func Snapshot(policies []v1alpha1.TenantPolicy, tenants []v1alpha1.Tenant, entities []v1alpha1.LegalEntity) *snapshot.Snapshot {
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
	s := &snapshot.Snapshot{
		World: residency.World{
			Graph:   builder.Build(),
			Tenants: make(map[string]*residency.Tenant, len(tenants)),
		},
		Revision: revision(policies, tenants, entities),
	}
	for i := range tenants {
		s.Tenants[tenants[i].Name], _ = Tenant(&tenants[i])
	}
	concern := newScope(nil)
	for _, i := range byName(policies, func(p *v1alpha1.TenantPolicy) string { return p.Name }) {
		policy, _ := Policy(&policies[i])
		s.Policies = append(s.Policies, policy)
		concern.add(policies[i].Spec.Match)
	}
	s.Concerns = concern.concerns
	return s
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
