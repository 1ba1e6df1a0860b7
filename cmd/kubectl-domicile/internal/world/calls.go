package world

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/residency"
)

// isCall says whether a manifest describes an API request.
func isCall(o *manifest.Object) bool {
	return o.APIVersion() == v1alpha1.GroupVersion.String() && o.Kind() == call.ManifestKind
}

// call reads a manifest that describes an API request.
func (r *reader) call(o *manifest.Object) Object {
	out := Object{Position: o.Position(), Kind: schema.FromAPIVersionAndKind(o.APIVersion(), o.Kind()), Name: o.Name(), Call: &call.Manifest{}}
	if out.Name == "" {
		r.fail(o, "metadata.name", errors.New("no metadata.name"))
	}
	text, err := yaml.Marshal(o.Content["spec"])
	if err == nil {
		err = yaml.UnmarshalStrict(text, out.Call)
	}
	switch {
	case err != nil:
		r.fail(o, "spec", fmt.Errorf("spec: %w", bounded(err)))
	case out.Call.AccessPoint == "":
		r.fail(o, "spec", errors.New("spec.accessPoint says at which AccessPoint the request comes in"))
	}
	return out
}

// key notes the API keys of a Secret.
func (r *reader) key(o Object, from *manifest.Object) {
	if o.Kind.Group != "" || o.Kind.Kind != "Secret" || o.Namespace == "" {
		return
	}
	u := unstructured.Unstructured{Object: map[string]any{"metadata": from.Content["metadata"]}}
	r.keys.Add(r.namespaceOf(o.Namespace, from), u.GetLabels(), u.GetAnnotations())
}

// Admitted is what is decided about for an object of the manifests; nil if nobody
// would ask.
func (m *Manifests) Admitted(o Object) *residency.Object {
	if o.Call == nil {
		return o.Admission
	}
	point, _ := m.View.Objects.AccessPoints.Get(o.Call.AccessPoint)
	return m.Keys.Call(point, o.Call, m.View.Objects.Identified)
}
