package controllers

import (
	"fmt"
	"strings"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
)

// state is a condition without its type, its generation and its times.
type state struct {
	status  metav1.ConditionStatus
	reason  string
	message string
}

// readiness is the condition Ready.
type readiness = state

func isReady(reason, message string) readiness {
	return readiness{status: metav1.ConditionTrue, reason: reason, message: cut.Text(message, maxMessage)}
}

func notReady(reason, message string) readiness {
	return readiness{status: metav1.ConditionFalse, reason: reason, message: cut.Text(message, maxMessage)}
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

// condition makes a condition about a generation, without a time.
func (s state) condition(of string, generation int64) metav1.Condition {
	return metav1.Condition{
		Type: of, Status: s.status, Reason: s.reason, Message: cut.Text(s.message, maxMessage), ObservedGeneration: generation,
	}
}

// applyConditions says since when conditions hold: one with the status that it has
// already keeps its time.
func applyConditions(existing, want []metav1.Condition, now time.Time) []*metav1ac.ConditionApplyConfiguration {
	var apply []*metav1ac.ConditionApplyConfiguration
	for _, c := range want {
		since := metav1.NewTime(written(now))
		if before := apimeta.FindStatusCondition(existing, c.Type); before != nil && before.Status == c.Status {
			since = before.LastTransitionTime
		}
		apply = append(apply, metav1ac.Condition().WithType(c.Type).WithStatus(c.Status).WithReason(c.Reason).WithMessage(c.Message).
			WithObservedGeneration(c.ObservedGeneration).WithLastTransitionTime(since))
	}
	return apply
}

// reasonOf is the reason of the condition Ready.
func reasonOf(conditions []metav1.Condition) string {
	if c := apimeta.FindStatusCondition(conditions, v1alpha1.ConditionReady); c != nil {
		return c.Reason
	}
	return ""
}
