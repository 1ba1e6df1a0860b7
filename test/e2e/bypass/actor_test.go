package bypass

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/test/rig/actor"
)

func object(manifest string) *unstructured.Unstructured { return actor.Objects(manifest)[0] }

// is says whether an answer is a refusal by Domicile for a reason.
func is(err error, reason string) bool { return actor.Refused(err, reason) }
