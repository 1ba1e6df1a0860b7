package controllers

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=legalentities/status,verbs=patch

// entityPlan is what a LegalEntity's status should say.
type entityPlan struct {
	generation int64
	ready      readiness
}

// entityReady says whether everybody whom the entity refers to is known. An
// interest that has ended refers to nobody.
func entityReady(c *compiled, e *v1alpha1.LegalEntity, problems map[string][]string, at time.Time) readiness {
	party, interests, errs := translate.LegalEntity(e)
	if len(errs) > 0 {
		return invalid(errs)
	}
	var missing []string
	for i, interest := range interests {
		ended := !interest.Until.IsZero() && !at.Before(interest.Until)
		if !ended && !loaded(c.snapshot.Graph, interest.Holder) {
			missing = append(missing, "holder "+partyName(e.Spec.Interests[i].Holder))
		}
	}
	switch found := problems[party.Key]; {
	case len(missing) > 0:
		return notReady(v1alpha1.ReasonPartyNotFound, "Nothing is known about "+enumerated(missing)+".")
	case len(found) > 0:
		return isReady(v1alpha1.ReasonDataProblem, enumerated(found))
	default:
		return isReady(v1alpha1.ReasonCompiled, "Everybody whom it refers to is known.")
	}
}

// problemsByParty groups the contradictions in the ownership data.
func problemsByParty(c *compiled) map[string][]string {
	grouped := map[string][]string{}
	for _, p := range c.snapshot.Graph.Problems() {
		grouped[p.Party] = append(grouped[p.Party], p.Message)
	}
	return grouped
}

func (p entityPlan) status(existing *v1alpha1.LegalEntityStatus, now time.Time) v1alpha1.LegalEntityStatus {
	return v1alpha1.LegalEntityStatus{
		Conditions:         []metav1.Condition{p.ready.condition(existing.Conditions, p.generation, now)},
		ObservedGeneration: p.generation,
	}
}

func sameEntityStatus(have, want *v1alpha1.LegalEntityStatus) bool {
	return sameCondition(have.Conditions, want.Conditions[0]) && have.ObservedGeneration == want.ObservedGeneration
}

func (s *StatusWriter) reconcileEntity(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var e v1alpha1.LegalEntity
	if err := s.client.Get(ctx, req.NamespacedName, &e); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	current := s.plan.Load()
	if current == nil {
		return ctrl.Result{}, nil // the first plan asks for what it changes
	}
	planned, ok := current.entities[e.Name]
	if !ok {
		return ctrl.Result{}, nil
	}
	want := planned.status(&e.Status, current.at)
	if sameEntityStatus(&e.Status, &want) {
		return ctrl.Result{}, nil
	}
	_, err := s.write(ctx, applyv1alpha1.LegalEntity(e.Name).WithResourceVersion(e.ResourceVersion).
		WithStatus(applyv1alpha1.LegalEntityStatus().WithObservedGeneration(want.ObservedGeneration).
			WithConditions(applyCondition(want.Conditions[0]))))
	return ctrl.Result{}, err
}
