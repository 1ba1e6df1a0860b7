package webhook

import (
	"errors"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/translate"
)

// request is the part of an AdmissionRequest that is read. No typed object is ever made
// of its objects, so a field that no Go type of ours knows is seen like any other.
type request struct {
	UID                types.UID
	Kind               metav1.GroupVersionKind
	Resource           metav1.GroupVersionResource
	SubResource        string
	RequestKind        *metav1.GroupVersionKind
	RequestResource    *metav1.GroupVersionResource
	RequestSubResource string
	Name               string
	Namespace          string
	Operation          admissionv1.Operation
	UserInfo           authenticationv1.UserInfo
	DryRun             *bool

	// body is what has been read. The objects are in it.
	body              *body
	object, oldObject object

	// secretDataChanged says that a Secret gets values that it did not have. The
	// values themselves are gone when it is set.
	secretDataChanged bool
}

// field is where a member of the request in JSON is decoded to; nil if it is not read.
func (r *request) field(name []byte) any {
	switch string(name) {
	case "uid":
		return (*string)(&r.UID)
	case "kind":
		return &r.Kind
	case "resource":
		return &r.Resource
	case "subResource":
		return &r.SubResource
	case "requestKind":
		return &r.RequestKind
	case "requestResource":
		return &r.RequestResource
	case "requestSubResource":
		return &r.RequestSubResource
	case "name":
		return &r.Name
	case "namespace":
		return &r.Namespace
	case "operation":
		return (*string)(&r.Operation)
	case "userInfo":
		return &r.UserInfo
	case "dryRun":
		return &r.DryRun
	default:
		return nil
	}
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
		if !r.object.exists() {
			return errors.New("a CREATE without an object")
		}
	case admissionv1.Update:
		if !r.object.exists() || !r.oldObject.exists() {
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
	return r.oldObject.read()
}

// redact drops the values of Secrets before anything else sees them. In the body they
// are overwritten before they are decoded.
func (r *request) redact() {
	blank(r.oldObject.sifted, r.object.sifted)
	r.secretDataChanged = growth.SecretData(r.oldObject.content(), r.object.content())
	for _, o := range []*object{&r.object, &r.oldObject} {
		if o.exists() {
			translate.RedactSecret(o.content())
			o.redacted = true
		}
	}
}

// isSecret goes by the resource, which the API server vouches for, and by what
// the object says of itself.
func (r *request) isSecret() bool {
	return r.gvr().GroupResource() == translate.SecretResource.GroupResource() || r.Kind.Group == "" && r.Kind.Kind == "Secret" ||
		r.object.sifted.IsSecret() || r.oldObject.sifted.IsSecret()
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
