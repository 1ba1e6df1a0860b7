package bypass

import (
	"errors"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/test/rig/actor"
)

func object(manifest string) *unstructured.Unstructured { return actor.Objects(manifest)[0] }

// is says whether an answer is a refusal by Domicile for a reason, perhaps among others.
// Of a webhook that gives no reasons it is a part of the sentence that counts.
func is(err error, reason string) bool {
	var s apierrors.APIStatus
	if !errors.As(err, &s) || !strings.Contains(s.Status().Message, "domicile.dev") {
		return false
	}
	status := s.Status()
	if strings.Contains(reason, " ") {
		return strings.Contains(status.Message, reason)
	}
	var reasons []string
	if status.Details != nil {
		for _, cause := range status.Details.Causes {
			reasons = append(reasons, string(cause.Type))
		}
	}
	return slices.Contains(reasons, reason)
}
