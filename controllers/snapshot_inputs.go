package controllers

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// inputs are the objects that a snapshot is compiled from. They are shared with
// the informers' caches: nobody may write to them.
type inputs struct {
	policies []v1alpha1.TenantPolicy
	tenants  []v1alpha1.Tenant
	entities []v1alpha1.LegalEntity
	// exemptions are from policies, for tenants.
	exemptions []v1alpha1.TenantExemption
	// registers is the data of all registers.
	registers translate.Registers
}

// compiled is a snapshot together with the objects that it was compiled from, so
// that status can say which generation a verdict is about.
type compiled struct {
	inputs
	snapshot *snapshot.Snapshot
}

func listInputs(ctx context.Context, reader client.Reader) (inputs, error) {
	var (
		policies v1alpha1.TenantPolicyList
		tenants  v1alpha1.TenantList
		entities v1alpha1.LegalEntityList

		exemptions v1alpha1.TenantExemptionList
	)
	for _, list := range []client.ObjectList{&policies, &tenants, &entities, &exemptions} {
		if err := reader.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
			return inputs{}, fmt.Errorf("list %T: %w", list, err)
		}
	}
	return inputs{policies: policies.Items, tenants: tenants.Items, entities: entities.Items, exemptions: exemptions.Items}, nil
}

func (in inputs) compile() *compiled {
	return &compiled{inputs: in, snapshot: translate.Compile(translate.World{
		Policies: in.policies, Tenants: in.tenants, Entities: in.entities, Exemptions: in.exemptions, Registers: in.registers,
	})}
}
