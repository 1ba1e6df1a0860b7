// Package condition makes conditions: what they say, without since when.
package condition

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
)

// maxMessage is how many bytes of a message the API takes.
const maxMessage = 4096

// State is a condition without its type, its generation and its times.
type State struct {
	Status  metav1.ConditionStatus
	Reason  string
	Message string
}

// True is a condition that holds.
func True(reason, message string) State { return State{metav1.ConditionTrue, reason, message} }

// False is a condition that does not hold.
func False(reason, message string) State { return State{metav1.ConditionFalse, reason, message} }

// Unknown is a condition of which nobody knows whether it holds.
func Unknown(reason, message string) State { return State{metav1.ConditionUnknown, reason, message} }

// Invalid is the condition Ready of an object that cannot be compiled.
func Invalid(errs field.ErrorList) State {
	return False(v1alpha1.ReasonInvalid, cut.Text(errs.ToAggregate().Error(), maxMessage))
}

// Of makes a condition of a type about a generation. Its message is cut to what the
// API takes.
func (s State) Of(kind string, generation int64) metav1.Condition {
	return metav1.Condition{
		Type: kind, Status: s.Status, Reason: s.Reason, Message: cut.Text(s.Message, maxMessage), ObservedGeneration: generation,
	}
}

// Enumerate lists the first few items and counts the others.
func Enumerate(items []string) string {
	const most = 5
	if len(items) <= most {
		return strings.Join(items, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(items[:most], "; "), len(items)-most)
}
