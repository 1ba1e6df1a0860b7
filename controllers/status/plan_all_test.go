package status

import (
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

// allPlanned is what the status of everything should say.
type allPlanned struct {
	*planned
	tally      *tally
	tenants    map[string]v1alpha1.TenantStatus
	entities   map[string]v1alpha1.LegalEntityStatus
	exemptions map[string]v1alpha1.TenantExemptionStatus
}

// planOf plans the status of everything, as if the webhook configuration asked for
// all policies but some.
func planOf(in snapshottest.Inputs, at time.Time, lacking ...string) allPlanned {
	s := snapshottest.Compile(in)
	p := newPlan(s, at, nil)
	all := allPlanned{
		planned: &planned{plan: p, policies: map[string]v1alpha1.TenantPolicyStatus{}}, tally: tallyOf(p),
		tenants: map[string]v1alpha1.TenantStatus{}, entities: map[string]v1alpha1.LegalEntityStatus{},
		exemptions: map[string]v1alpha1.TenantExemptionStatus{},
	}
	for name := range s.Objects.Tenants.All() {
		all.tenants[name], _ = p.tenant(name)
	}
	for name := range s.Objects.Entities.All() {
		all.entities[name], _ = p.entity(name)
	}
	for name := range s.Objects.Exemptions.All() {
		all.exemptions[name], _ = p.exemption(name)
	}
	for name := range s.Objects.Policies.All() {
		asked := true
		for _, lacks := range lacking {
			asked = asked && name != lacks
		}
		all.policies[name], _ = p.policy(name, all.tally.impactOf(name), asked)
	}
	return all
}
