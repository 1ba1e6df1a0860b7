package translate

import (
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/residency"
)

// Creation completes what was read of an object (as decoded JSON): it is what
// admission would be asked if the object were created now. Nobody knows who
// would do that, so a match condition that asks for the user fails, and its
// policy applies. ns is nil for what is in no namespace.
func Creation(r Reading, resource schema.GroupVersionResource, ns *residency.Namespace, content map[string]any) *residency.Object {
	o := r.Object
	kind := metav1.GroupVersionKind{Group: o.Group, Version: o.Version, Kind: o.Kind}
	gvr := metav1.GroupVersionResource(resource)
	o.Operation = residency.Create
	o.Group, o.Version, o.Resource = resource.Group, resource.Version, resource.Resource
	o.Namespace = ns
	o.EmptiedSecret = IsEmptiedSecret(content)
	request := &admissionv1.AdmissionRequest{
		Kind: kind, RequestKind: &kind,
		Resource: gvr, RequestResource: &gvr,
		Name:      o.Name,
		Operation: admissionv1.Create,
	}
	if ns != nil {
		request.Namespace = ns.Name
	}
	o.Variables = &Variables{Object: content, Request: request}
	return o
}
