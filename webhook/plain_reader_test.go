package webhook

import (
	"errors"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/json"

	"github.com/domicile-dev/domicile/internal/translate"
)

// plainReview and plainRequest are a review as the plain reader decodes it, with all of
// its objects: slow, and easy to see through. It is what decodeReview is compared with.
type plainReview struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Request    *plainRequest `json:"request"`
}

type plainRequest struct {
	UID                types.UID                    `json:"uid"`
	Kind               metav1.GroupVersionKind      `json:"kind"`
	Resource           metav1.GroupVersionResource  `json:"resource"`
	SubResource        string                       `json:"subResource"`
	RequestKind        *metav1.GroupVersionKind     `json:"requestKind"`
	RequestResource    *metav1.GroupVersionResource `json:"requestResource"`
	RequestSubResource string                       `json:"requestSubResource"`
	Name               string                       `json:"name"`
	Namespace          string                       `json:"namespace"`
	Operation          admissionv1.Operation        `json:"operation"`
	UserInfo           authenticationv1.UserInfo    `json:"userInfo"`
	Object             map[string]any               `json:"object"`
	OldObject          map[string]any               `json:"oldObject"`
	DryRun             *bool                        `json:"dryRun"`
}

// readPlainly reads a body with the decoder of the API server.
func readPlainly(body []byte) (*plainRequest, error) {
	var r plainReview
	twice, err := json.UnmarshalStrict(body, &r, json.DisallowDuplicateFields)
	switch {
	case err != nil:
		return nil, err //nolint:wrapcheck // a test compares whether there is one
	case len(twice) > 0:
		return nil, errTwice
	case r.APIVersion != "admission.k8s.io/v1" || r.Kind != "AdmissionReview" || r.Request == nil:
		return nil, errNotAReview
	}
	return r.Request, r.Request.plainly().check()
}

var errTwice = errors.New("a key stands twice")

// plainly is the request, of whose objects is only known that they are there.
func (p *plainRequest) plainly() *request {
	r := &request{
		UID: p.UID, Kind: p.Kind, Resource: p.Resource, SubResource: p.SubResource,
		RequestKind: p.RequestKind, RequestResource: p.RequestResource, RequestSubResource: p.RequestSubResource,
		Name: p.Name, Namespace: p.Namespace, Operation: p.Operation, UserInfo: p.UserInfo, DryRun: p.DryRun,
	}
	if p.Object != nil {
		r.object.sifted = &translate.Sifted{}
	}
	if p.OldObject != nil {
		r.oldObject.sifted = &translate.Sifted{}
	}
	return r
}
