package webhook

import (
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/domicile-dev/domicile/internal/translate"
)

// variables is what match conditions are evaluated over: what they see in the
// API server too. The values of Secrets are gone.
func variables(r *request) *translate.Variables {
	return &translate.Variables{Fill: func(v *translate.Variables) {
		v.Object, v.OldObject = r.object.content(), r.oldObject.content()
		v.Request = &admissionv1.AdmissionRequest{
			UID:                r.UID,
			Kind:               r.Kind,
			Resource:           r.Resource,
			SubResource:        r.SubResource,
			RequestKind:        r.RequestKind,
			RequestResource:    r.RequestResource,
			RequestSubResource: r.RequestSubResource,
			Name:               r.Name,
			Namespace:          r.Namespace,
			Operation:          r.Operation,
			UserInfo:           r.UserInfo,
			DryRun:             r.DryRun,
		}
	}}
}
