package controllers

import (
	"context"
	"fmt"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenantpolicies/status,verbs=patch

// policyPlan is what a TenantPolicy's status should say, as long as the webhook
// configuration asks for what the policy needs.
type policyPlan struct {
	generation int64
	ready      readiness
	tenants    v1alpha1.TenantCounts
	affected   []v1alpha1.Money
	next       *v1alpha1.PolicyChange
}

func newPolicyPlan(p *v1alpha1.TenantPolicy, sum *impact, at time.Time) policyPlan {
	if sum == nil {
		sum = &impact{}
	}
	return policyPlan{
		generation: p.Generation,
		ready:      policyReady(p, at),
		tenants: v1alpha1.TenantCounts{
			Restricted: ptr.To(sum.restricted), Indeterminate: ptr.To(sum.indeterminate), Clear: ptr.To(sum.clear),
		},
		affected: sum.money(),
		next:     sum.change(),
	}
}

func policyReady(p *v1alpha1.TenantPolicy, at time.Time) readiness {
	compiledPolicy, errs := translate.Policy(p)
	switch {
	case len(errs) > 0:
		return invalid(errs)
	case compiledPolicy.EffectiveFrom.After(at):
		return isReady(v1alpha1.ReasonCompiled, fmt.Sprintf("In use. Until %s no action is stricter than %s.",
			compiledPolicy.EffectiveFrom.UTC().Format(time.RFC3339), compiledPolicy.BeforeEffective))
	default:
		return isReady(v1alpha1.ReasonCompiled, "In use.")
	}
}

func (p policyPlan) status(existing *v1alpha1.TenantPolicyStatus, asked bool, now time.Time) v1alpha1.TenantPolicyStatus {
	ready := p.ready
	if ready.status == metav1.ConditionTrue && !asked {
		ready = notReady(v1alpha1.ReasonWebhookNotReady, "The webhook configuration does not ask for everything that the policy covers yet.")
	}
	return v1alpha1.TenantPolicyStatus{
		Conditions:          []metav1.Condition{ready.condition(existing.Conditions, p.generation, now)},
		ObservedGeneration:  p.generation,
		Tenants:             &p.tenants,
		AnnualValueAffected: p.affected,
		NextChange:          p.next,
	}
}

func samePolicyStatus(have, want *v1alpha1.TenantPolicyStatus) bool {
	return sameCondition(have.Conditions, want.Conditions[0]) && have.ObservedGeneration == want.ObservedGeneration &&
		equality.Semantic.DeepEqual(have.Tenants, want.Tenants) &&
		equality.Semantic.DeepEqual(have.AnnualValueAffected, want.AnnualValueAffected) &&
		equality.Semantic.DeepEqual(have.NextChange, want.NextChange)
}

func (s *StatusWriter) reconcilePolicy(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var p v1alpha1.TenantPolicy
	if err := s.client.Get(ctx, req.NamespacedName, &p); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	current := s.plan.Load()
	if current == nil {
		return ctrl.Result{}, nil // the first plan asks for what it changes
	}
	planned, ok := current.policies[p.Name]
	if !ok {
		return ctrl.Result{}, nil
	}
	live, err := s.configuration(ctx)
	if err != nil {
		return ctrl.Result{}, err
	}
	want := planned.status(&p.Status, covers(live, &p, s.options), s.clock.Now())
	s.metrics.ready.policy(p.Name, want.Conditions[0].Reason)
	if samePolicyStatus(&p.Status, &want) {
		return ctrl.Result{}, nil
	}
	status := applyv1alpha1.TenantPolicyStatus().WithObservedGeneration(want.ObservedGeneration).
		WithConditions(applyCondition(want.Conditions[0])).
		WithTenants(applyv1alpha1.TenantCounts().WithRestricted(*want.Tenants.Restricted).
			WithIndeterminate(*want.Tenants.Indeterminate).WithClear(*want.Tenants.Clear))
	for _, m := range want.AnnualValueAffected {
		status.WithAnnualValueAffected(applyv1alpha1.Money().WithAmount(m.Amount).WithCurrency(m.Currency))
	}
	if next := want.NextChange; next != nil {
		status.WithNextChange(applyv1alpha1.PolicyChange().WithAt(next.At).WithCause(next.Cause).WithTenants(*next.Tenants))
	}
	_, err = s.write(ctx, applyv1alpha1.TenantPolicy(p.Name).WithResourceVersion(p.ResourceVersion).WithStatus(status))
	return ctrl.Result{}, err
}

// configuration is the webhook configuration as it stands; an empty one if there
// is none.
func (s *StatusWriter) configuration(ctx context.Context) (*admissionv1.ValidatingWebhookConfiguration, error) {
	var live admissionv1.ValidatingWebhookConfiguration
	if err := s.client.Get(ctx, client.ObjectKey{Name: ConfigurationName}, &live); client.IgnoreNotFound(err) != nil {
		return nil, fmt.Errorf("read the webhook configuration: %w", err)
	}
	return &live, nil
}
