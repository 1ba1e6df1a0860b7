package controllers

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// readiness is the condition Ready without its times.
type readiness struct {
	status  metav1.ConditionStatus
	reason  string
	message string
}

func isReady(reason, message string) readiness {
	return readiness{status: metav1.ConditionTrue, reason: reason, message: shortened(message, maxMessage)}
}

func notReady(reason, message string) readiness {
	return readiness{status: metav1.ConditionFalse, reason: reason, message: shortened(message, maxMessage)}
}

func invalid(errs field.ErrorList) readiness {
	return notReady(v1alpha1.ReasonInvalid, errs.ToAggregate().Error())
}

// enumerated lists the first few items and counts the others.
func enumerated(items []string) string {
	const most = 5
	if len(items) <= most {
		return strings.Join(items, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(items[:most], "; "), len(items)-most)
}

// condition turns the readiness into a condition about a generation. The time of
// the transition is that of the existing condition if the status is the same.
func (r readiness) condition(existing []metav1.Condition, generation int64, now time.Time) metav1.Condition {
	c := metav1.Condition{
		Type: v1alpha1.ConditionReady, Status: r.status, Reason: r.reason, Message: r.message,
		ObservedGeneration: generation, LastTransitionTime: metav1.NewTime(now.Truncate(time.Second)),
	}
	if before := findReady(existing); before != nil && before.Status == c.Status {
		c.LastTransitionTime = before.LastTransitionTime
	}
	return c
}

func findReady(conditions []metav1.Condition) *metav1.Condition {
	for i := range conditions {
		if conditions[i].Type == v1alpha1.ConditionReady {
			return &conditions[i]
		}
	}
	return nil
}

func sameCondition(existing []metav1.Condition, want metav1.Condition) bool {
	have := findReady(existing)
	return have != nil && have.Status == want.Status && have.Reason == want.Reason && have.Message == want.Message &&
		have.ObservedGeneration == want.ObservedGeneration && have.LastTransitionTime.Equal(&want.LastTransitionTime)
}

func applyCondition(c metav1.Condition) *metav1ac.ConditionApplyConfiguration {
	return metav1ac.Condition().WithType(c.Type).WithStatus(c.Status).WithReason(c.Reason).WithMessage(c.Message).
		WithObservedGeneration(c.ObservedGeneration).WithLastTransitionTime(c.LastTransitionTime)
}
