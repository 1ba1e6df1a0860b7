package controllers

import (
	"context"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// inputs are the objects of a test's world.
type inputs struct {
	policies   []v1alpha1.TenantPolicy
	tenants    []v1alpha1.Tenant
	entities   []v1alpha1.LegalEntity
	exemptions []v1alpha1.TenantExemption
}

func (in inputs) compile() *snapshot.Snapshot {
	return snapshot.Compile(snapshot.Inputs{Policies: in.policies, Tenants: in.tenants, Entities: in.entities, Exemptions: in.exemptions})
}

// listInputs reads the world of the API server.
func listInputs(ctx context.Context, reader client.Reader) (in inputs, err error) {
	var (
		policies   v1alpha1.TenantPolicyList
		tenants    v1alpha1.TenantList
		entities   v1alpha1.LegalEntityList
		exemptions v1alpha1.TenantExemptionList
	)
	for _, list := range []client.ObjectList{&policies, &tenants, &entities, &exemptions} {
		if err := reader.List(ctx, list); err != nil {
			return inputs{}, err
		}
	}
	return inputs{policies.Items, tenants.Items, entities.Items, exemptions.Items}, nil
}

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
func planOf(in inputs, at time.Time, lacking ...string) allPlanned {
	s := in.compile()
	p := newPlan(s, at, nil)
	all := allPlanned{
		planned: &planned{p, map[string]v1alpha1.TenantPolicyStatus{}}, tally: tallyOf(p),
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
