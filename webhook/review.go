package webhook

import (
	"errors"
	"fmt"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/json"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/translate"
)

// review is the part of an AdmissionReview that is read. The objects are
// decoded in the same pass into plain maps: no typed object is ever made of
// them, so a field that no Go type of ours knows is seen like any other.
type review struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Request    *request `json:"request"`
}

// request is the part of an AdmissionRequest that is read.
type request struct {
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

	// secretDataChanged says that a Secret gets values that it did not have. The
	// values themselves are gone when it is set.
	secretDataChanged bool
}

// errNotAReview is a body that is JSON, but no AdmissionReview.
var errNotAReview = errors.New("the body is not an AdmissionReview of admission.k8s.io/v1 with a request")

// decodeReview reads a body exactly as the API server would: keys are case
// sensitive. A key that stands twice is refused, because two readers could
// take different ones; the API server never sends such a body. Errors never
// quote the body.
func decodeReview(body []byte) (*request, error) {
	var r review
	duplicates, err := json.UnmarshalStrict(body, &r, json.DisallowDuplicateFields)
	if err != nil {
		if syntax, offset := json.SyntaxErrorOffset(err); syntax {
			return nil, fmt.Errorf("the body is not JSON: syntax error at byte %d", offset)
		}
		return nil, errNotAReview
	}
	if len(duplicates) > 0 {
		return nil, errors.New("the body has a key that stands twice in one object")
	}
	if r.APIVersion != admissionv1.SchemeGroupVersion.String() || r.Kind != "AdmissionReview" || r.Request == nil {
		return nil, errNotAReview
	}
	if err := r.Request.check(); err != nil {
		return nil, err
	}
	r.Request.redact()
	return r.Request, nil
}

// check refuses a request that lacks what every decision needs.
func (r *request) check() error {
	switch {
	case r.UID == "":
		return errors.New("the request has no uid")
	case r.Resource.Resource == "":
		return errors.New("the request has no resource")
	}
	switch r.Operation {
	case admissionv1.Create:
		if r.Object == nil {
			return errors.New("a CREATE without an object")
		}
	case admissionv1.Update:
		if r.Object == nil || r.OldObject == nil {
			return errors.New("an UPDATE without both objects")
		}
	case admissionv1.Delete:
	default:
		return errors.New("the operation is none of CREATE, UPDATE and DELETE")
	}
	return nil
}

// former reads the object as it was, which is nothing before a CREATE.
func (r *request) former() translate.Reading {
	if r.Operation != admissionv1.Update {
		return translate.Reading{Object: translate.Object(nil)}
	}
	return translate.Read(r.OldObject)
}

// redact drops the values of Secrets before anything else sees them.
func (r *request) redact() {
	if !r.isSecret() {
		return
	}
	r.secretDataChanged = growth.SecretData(r.OldObject, r.Object)
	for _, object := range []map[string]any{r.Object, r.OldObject} {
		if object != nil {
			translate.RedactSecret(object)
		}
	}
}

// isSecret goes by the resource, which the API server vouches for, and by what
// the object says of itself.
func (r *request) isSecret() bool {
	return r.gvr().GroupResource() == translate.SecretResource.GroupResource() || r.Kind.Group == "" && r.Kind.Kind == "Secret" ||
		r.Object["kind"] == "Secret" && r.Object["apiVersion"] == "v1" ||
		r.OldObject["kind"] == "Secret" && r.OldObject["apiVersion"] == "v1"
}

func (r *request) isNamespace() bool {
	return r.gvr().GroupResource() == translate.NamespaceResource.GroupResource()
}

func (r *request) isServiceAccount() bool {
	return r.gvr().GroupResource() == translate.ServiceAccountResource.GroupResource()
}

func (r *request) isScale() bool {
	return r.SubResource == "scale"
}

func (r *request) gvr() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: r.Resource.Group, Version: r.Resource.Version, Resource: r.Resource.Resource}
}
