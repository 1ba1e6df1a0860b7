package controllers

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenantexemptions/status,verbs=patch

// exemptionPlan is what a TenantExemption's status should say.
type exemptionPlan struct {
	generation int64
	ready      readiness
}

func exemptionReady(c *compiled, e *v1alpha1.TenantExemption, at time.Time) readiness {
	read, errs := translate.Exemption(e)
	if len(errs) > 0 {
		return invalid(errs)
	}
	until := read.ExpiresAt.UTC().Format(time.RFC3339)
	policy := string(e.Spec.PolicyRef.Name)
	switch {
	case !at.Before(read.ExpiresAt):
		return notReady(v1alpha1.ReasonExpired, "It expired at "+until+" and has no effect.")
	case c.snapshot.Tenants[read.Tenant] == nil:
		return notReady(v1alpha1.ReasonTenantNotFound, fmt.Sprintf("There is no Tenant %s.", read.Tenant))
	case findPolicy(c.snapshot.Policies, policy) == nil:
		return notReady(v1alpha1.ReasonPolicyNotFound, fmt.Sprintf("There is no TenantPolicy %s.", policy))
	case findPolicy(c.snapshot.Policies, policy).Invalid != "":
		return notReady(v1alpha1.ReasonPolicyInvalid, fmt.Sprintf("TenantPolicy %s cannot be compiled, and from what it does until it can nobody is exempted.", policy))
	default:
		return isReady(v1alpha1.ReasonInEffect, fmt.Sprintf("Until %s policy %s does nothing with tenant %s.", until, policy, read.Tenant))
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

func (p exemptionPlan) status(existing *v1alpha1.TenantExemptionStatus, now time.Time) v1alpha1.TenantExemptionStatus {
	return v1alpha1.TenantExemptionStatus{
		Conditions:         []metav1.Condition{p.ready.condition(existing.Conditions, p.generation, now)},
		ObservedGeneration: p.generation,
	}
}

func sameExemptionStatus(have, want *v1alpha1.TenantExemptionStatus) bool {
	return sameCondition(have.Conditions, want.Conditions[0]) && have.ObservedGeneration == want.ObservedGeneration
}

func (s *StatusWriter) reconcileExemption(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var e v1alpha1.TenantExemption
	if err := s.client.Get(ctx, req.NamespacedName, &e); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	current := s.plan.Load()
	if current == nil {
		return ctrl.Result{}, nil // the first plan asks for what it changes
	}
	planned, ok := current.exemptions[e.Name]
	if !ok {
		return ctrl.Result{}, nil
	}
	want := planned.status(&e.Status, current.at)
	if sameExemptionStatus(&e.Status, &want) {
		return ctrl.Result{}, nil
	}
	status := applyv1alpha1.TenantExemptionStatus().WithObservedGeneration(want.ObservedGeneration).
		WithConditions(applyCondition(want.Conditions[0]))
	_, err := s.write(ctx, applyv1alpha1.TenantExemption(e.Name).WithResourceVersion(e.ResourceVersion).WithStatus(status))
	return ctrl.Result{}, err
}
