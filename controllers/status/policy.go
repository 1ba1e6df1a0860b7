package status

import (
	"context"
	"fmt"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenantpolicies/status,verbs=patch

func (p *plan) policyReady(c *translate.CompiledPolicy) condition.State {
	switch {
	case len(c.Errs) > 0:
		return condition.Invalid(c.Errs)
	case c.Policy.EffectiveFrom.After(p.at):
		return condition.True(v1alpha1.ReasonCompiled, fmt.Sprintf("In use. Until %s no action is stricter than %s.",
			c.Policy.EffectiveFrom.UTC().Format(time.RFC3339), c.Policy.BeforeEffective))
	default:
		return condition.True(v1alpha1.ReasonCompiled, "In use.")
	}
}

// policy is what the status of a TenantPolicy should say, given what it does to
// tenants, and whether the webhook configuration asks for all that it covers.
func (p *plan) policy(name string, does *impact, asked bool) (v1alpha1.TenantPolicyStatus, bool) {
	c, ok := p.world.Objects.Policies.Get(name)
	if !ok {
		return v1alpha1.TenantPolicyStatus{}, false
	}
	ready := p.policyReady(c)
	if ready.Status == metav1.ConditionTrue && !asked {
		ready = condition.False(v1alpha1.ReasonWebhookNotReady, "The webhook configuration does not ask for everything that the policy covers yet.")
	}
	return v1alpha1.TenantPolicyStatus{
		ObservedGeneration: c.Generation,
		Conditions:         []metav1.Condition{ready.Of(v1alpha1.ConditionReady, c.Generation)},
		Tenants:            does.counts(), AnnualValueAffected: does.money(), NextChange: does.change(),
	}, true
}

func applyPolicy(p *v1alpha1.TenantPolicy, want v1alpha1.TenantPolicyStatus, now time.Time) *applyv1alpha1.TenantPolicyStatusApplyConfiguration {
	status := applyv1alpha1.TenantPolicyStatus().WithObservedGeneration(want.ObservedGeneration).
		WithConditions(apply.Conditions(p.Status.Conditions, want.Conditions, now)...).
		WithTenants(applyv1alpha1.TenantCounts().WithRestricted(*want.Tenants.Restricted).
			WithIndeterminate(*want.Tenants.Indeterminate).WithClear(*want.Tenants.Clear))
	for _, m := range want.AnnualValueAffected {
		status.WithAnnualValueAffected(applyv1alpha1.Money().WithAmount(m.Amount).WithCurrency(m.Currency))
	}
	if next := want.NextChange; next != nil {
		status.WithNextChange(applyv1alpha1.PolicyChange().WithAt(next.At).WithCause(next.Cause).WithTenants(*next.Tenants))
	}
	return status
}

// configuration is the webhook configuration as it stands; an empty one if there
// is none.
func (s *Writer) configuration(ctx context.Context) (*admissionv1.ValidatingWebhookConfiguration, error) {
	var live admissionv1.ValidatingWebhookConfiguration
	if err := s.client.Get(ctx, client.ObjectKey{Name: s.options.Configuration}, &live); client.IgnoreNotFound(err) != nil {
		return nil, fmt.Errorf("read the webhook configuration: %w", err)
	}
	return &live, nil
}
