package status

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenantexemptions/status,verbs=patch

func (p *plan) exemptionReady(e *translate.CompiledExemption) condition.State {
	if len(e.Errs) > 0 {
		return condition.Invalid(e.Errs)
	}
	read, policy := e.Exemption, findPolicy(p.world.Policies, e.Policy)
	until := read.ExpiresAt.UTC().Format(time.RFC3339)
	switch {
	case !p.at.Before(read.ExpiresAt):
		return condition.False(v1alpha1.ReasonExpired, "It expired at "+until+" and has no effect.")
	case p.world.Tenant(read.Tenant) == nil:
		return condition.False(v1alpha1.ReasonTenantNotFound, fmt.Sprintf("There is no Tenant %s.", read.Tenant))
	case policy == nil:
		return condition.False(v1alpha1.ReasonPolicyNotFound, fmt.Sprintf("There is no TenantPolicy %s.", e.Policy))
	case policy.Invalid != "":
		return condition.False(v1alpha1.ReasonPolicyInvalid, fmt.Sprintf("TenantPolicy %s cannot be compiled, and from what it does until it can nobody is exempted.", e.Policy))
	default:
		return condition.True(v1alpha1.ReasonInEffect, fmt.Sprintf("Until %s policy %s does nothing with tenant %s.", until, e.Policy, read.Tenant))
	}
}

func findPolicy(policies []*residency.Policy, name string) *residency.Policy {
	for _, p := range policies {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// exemption is what the status of a TenantExemption should say.
func (p *plan) exemption(name string) (v1alpha1.TenantExemptionStatus, bool) {
	e, ok := p.world.Objects.Exemptions.Get(name)
	if !ok {
		return v1alpha1.TenantExemptionStatus{}, false
	}
	return v1alpha1.TenantExemptionStatus{
		ObservedGeneration: e.Generation,
		Conditions:         []metav1.Condition{p.exemptionReady(e).Of(v1alpha1.ConditionReady, e.Generation)},
	}, true
}
