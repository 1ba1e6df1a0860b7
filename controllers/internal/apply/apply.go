// Package apply writes status as all controllers do: by server-side apply, as one
// owner of fields, with times of whole seconds.
package apply

import (
	"context"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Owner owns the fields that the controllers write; audit and suspension have
// owners of their own.
const Owner = client.FieldOwner("domicile")

// Status applies a status. The configuration names the resourceVersion that the
// status was computed for: if somebody wrote in between, it is a conflict.
func Status(ctx context.Context, c client.Client, status runtime.ApplyConfiguration) error {
	return c.Status().Apply(ctx, status, client.ForceOwnership, Owner)
}

// Time is a time as the API writes it: of whole seconds. What is compared with what
// was read back has to be.
func Time(t time.Time) metav1.Time { return metav1.NewTime(t.Truncate(time.Second)) }

// Conditions says since when conditions hold: one with the status that it has
// already keeps its time.
func Conditions(existing, want []metav1.Condition, now time.Time) []*metav1ac.ConditionApplyConfiguration {
	var apply []*metav1ac.ConditionApplyConfiguration
	for _, c := range want {
		since := Time(now)
		if before := apimeta.FindStatusCondition(existing, c.Type); before != nil && before.Status == c.Status {
			since = before.LastTransitionTime
		}
		apply = append(apply, metav1ac.Condition().WithType(c.Type).WithStatus(c.Status).WithReason(c.Reason).WithMessage(c.Message).
			WithObservedGeneration(c.ObservedGeneration).WithLastTransitionTime(since))
	}
	return apply
}
