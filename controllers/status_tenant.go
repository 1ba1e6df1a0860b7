package controllers

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenants/status,verbs=patch

// tenantPlan is what a Tenant's status should say. Since is not set.
type tenantPlan struct {
	generation int64
	ready      readiness
	verdicts   []v1alpha1.TenantVerdict
}

// tenantReady says whether every party of the tenant is known.
func tenantReady(c *compiled, t *v1alpha1.Tenant) readiness {
	read, errs := translate.Tenant(t)
	if len(errs) > 0 {
		return invalid(errs)
	}
	var missing []string
	for i, link := range read.Links {
		if !loaded(c.snapshot.Graph, link.Party) {
			missing = append(missing, fmt.Sprintf("%s %s", link.Role, partyName(t.Spec.Parties[i].Entity)))
		}
	}
	if len(missing) > 0 {
		return notReady(v1alpha1.ReasonPartyNotFound, "Nothing is known about "+enumerated(missing)+".")
	}
	return isReady(v1alpha1.ReasonCompiled, "All parties are known.")
}

func partyName(r v1alpha1.PartyReference) string {
	if r.Identifier != nil {
		return r.Identifier.Scheme + ":" + r.Identifier.ID
	}
	return "LegalEntity " + r.Name
}

// status completes the plan with times: a verdict that stays the same keeps its
// since.
func (p tenantPlan) status(existing *v1alpha1.TenantStatus, now time.Time) v1alpha1.TenantStatus {
	want := v1alpha1.TenantStatus{
		Conditions:         []metav1.Condition{p.ready.condition(existing.Conditions, p.generation, now)},
		ObservedGeneration: p.generation,
		Verdicts:           slices.Clone(p.verdicts),
	}
	for i := range want.Verdicts {
		v := &want.Verdicts[i]
		v.Since = metav1.NewTime(now.Truncate(time.Second))
		if before := findVerdict(existing.Verdicts, v.Policy); before != nil && before.Verdict == v.Verdict {
			v.Since = before.Since
		}
	}
	return want
}

func sameTenantStatus(have, want *v1alpha1.TenantStatus) bool {
	return sameCondition(have.Conditions, want.Conditions[0]) && have.ObservedGeneration == want.ObservedGeneration &&
		equality.Semantic.DeepEqual(have.Verdicts, want.Verdicts)
}

func findVerdict(verdicts []v1alpha1.TenantVerdict, policy string) *v1alpha1.TenantVerdict {
	for i := range verdicts {
		if verdicts[i].Policy == policy {
			return &verdicts[i]
		}
	}
	return nil
}

func (s *StatusWriter) reconcileTenant(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var t v1alpha1.Tenant
	if err := s.client.Get(ctx, req.NamespacedName, &t); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	current := s.plan.Load()
	if current == nil {
		return ctrl.Result{}, nil // the first plan asks for what it changes
	}
	planned, ok := current.tenants[t.Name]
	if !ok {
		return ctrl.Result{}, nil
	}
	want := planned.status(&t.Status, current.at)
	if sameTenantStatus(&t.Status, &want) {
		return ctrl.Result{}, nil
	}
	status := applyv1alpha1.TenantStatus().WithObservedGeneration(want.ObservedGeneration).
		WithConditions(applyCondition(want.Conditions[0]))
	for _, v := range want.Verdicts {
		verdict := applyv1alpha1.TenantVerdict().WithPolicy(v.Policy).WithVerdict(v.Verdict).WithReason(v.Reason).WithAction(v.Action).WithSince(v.Since)
		if v.Exemption != "" {
			verdict.WithExemption(v.Exemption)
		}
		if v.Next != nil {
			verdict.WithNext(applyv1alpha1.VerdictChange().WithAt(v.Next.At).WithCause(v.Next.Cause).
				WithVerdict(v.Next.Verdict).WithAction(v.Next.Action))
		}
		if v.Path != "" {
			verdict.WithPath(v.Path)
		}
		status.WithVerdicts(verdict)
	}
	written, err := s.write(ctx, applyv1alpha1.Tenant(t.Name).WithResourceVersion(t.ResourceVersion).WithStatus(status))
	if written {
		s.reportFlips(&t, want.Verdicts)
	}
	return ctrl.Result{}, err
}

// reportFlips makes an event of each verdict that became another one, and of
// the first one if it is Restricted; and of each action that did although the
// verdict stayed, as when a notice period ends or an exemption expires.
func (s *StatusWriter) reportFlips(t *v1alpha1.Tenant, verdicts []v1alpha1.TenantVerdict) {
	for _, v := range verdicts {
		before := findVerdict(t.Status.Verdicts, v.Policy)
		kind := corev1.EventTypeNormal
		if v.Verdict == v1alpha1.VerdictRestricted {
			kind = corev1.EventTypeWarning
		}
		reason := string("Verdict" + v.Verdict)
		switch {
		case before == nil && v.Verdict == v1alpha1.VerdictRestricted:
			s.events.Eventf(t, nil, kind, reason, "Evaluate", "Policy %s: %s. %s", v.Policy, v.Verdict, shortened(v.Path, maxPath/2))
		case before != nil && before.Verdict == v.Verdict && before.Action != v.Action && before.Action != "":
			kind = corev1.EventTypeNormal
			if v.Action == v1alpha1.ActionDeny {
				kind = corev1.EventTypeWarning
			}
			s.events.Eventf(t, nil, kind, string("Action"+v.Action), "Evaluate", "Policy %s: %s: %s, was %s. %s",
				v.Policy, v.Verdict, v.Action, before.Action, shortened(v.Path, maxPath/2))
		case before != nil && before.Verdict != v.Verdict:
			s.events.Eventf(t, nil, kind, reason, "Evaluate", "Policy %s: %s, was %s. %s", v.Policy, v.Verdict, before.Verdict, shortened(v.Path, maxPath/2))
		}
	}
}
