package world

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Object is one that is to be created.
type Object struct {
	// Position is where it stands.
	Position manifest.Position
	// Kind, Namespace and Name say what it is. Namespace is "" for an object
	// that is in none, Name for one whose name the API server generates.
	Kind            schema.GroupVersionKind
	Namespace, Name string
	// GenerateName is what a generated name begins with.
	GenerateName string
	// Admission is what the webhook would be asked about. Nil if it would not
	// be asked, wherever the object is from.
	Admission *residency.Object
	// Call is the API request, if it is one: what is decided about depends on the
	// world, and Admitted has it.
	Call *call.Manifest
}

// Display is how kubectl calls the object, such as deployment.apps/web, or
// job.batch/train-* if the API server generates the rest of the name.
func (o Object) Display() string {
	kind := strings.ToLower(o.Kind.Kind)
	if o.Kind.Group != "" {
		kind += "." + o.Kind.Group
	}
	if o.Name == "" {
		return kind + "/" + o.GenerateName + "*"
	}
	return kind + "/" + o.Name
}

// admitted turns the objects that are not of the world into requests. What they
// refer to can be resolved only in the world that they are part of.
func (r *reader) admitted() (objects []Object, resolve func(*View)) {
	readings := make([]translate.Reading, len(r.others))
	objects = make([]Object, len(r.others))
	var neighbours translate.Neighbours
	for i, o := range r.others {
		if isCall(o) {
			objects[i] = r.call(o)
			continue
		}
		objects[i] = r.identify(o)
		// Read drops the values of Secrets before anything is kept.
		readings[i] = translate.Read(o.Content)
		refer(&neighbours, objects[i], o.Content)
		r.key(objects[i], o)
	}
	for i, o := range r.others {
		if objects[i].Call != nil {
			continue
		}
		objects[i].Admission = r.request(objects[i], readings[i], o)
		if objects[i].Namespace == metav1.NamespaceSystem {
			objects[i].Admission = nil
		}
	}
	return objects, func(w *View) {
		r.replaced(&w.World, objects)
		for i := range objects {
			if o := objects[i].Admission; o != nil {
				objects[i].Admission = w.Placed(o)
				neighbours.Resolve(objects[i].Admission, readings[i].ServiceAccounts)
			}
		}
	}
}

// identify names an object as the API server would.
func (r *reader) identify(o *manifest.Object) Object {
	gvk := schema.FromAPIVersionAndKind(o.APIVersion(), o.Kind())
	out := Object{Position: o.Position(), Kind: gvk, Name: o.Name(), GenerateName: o.GenerateName()}
	before := len(r.errors)
	metadata, hasMetadata := o.Content["metadata"].(map[string]any)
	r.metadata(o)
	switch {
	case !hasMetadata:
		r.fail(o, "metadata", errors.New("no metadata"))
		return out
	case out.Name == "" && out.GenerateName == "" && len(r.errors) == before:
		r.fail(o, "metadata", errors.New("no metadata.name"))
	}
	if r.kinds.namespaced(gvk) {
		if out.Namespace = o.Namespace(); out.Namespace == "" {
			if given := r.options.Namespace; given != "" && o.ReleaseNamespace != "" && given != o.ReleaseNamespace {
				r.fail(o, "", fmt.Errorf("it is of a Helm release in namespace %s, and --namespace says %s", o.ReleaseNamespace, given))
			}
			out.Namespace = cmp.Or(r.options.Namespace, o.ReleaseNamespace, r.options.Current, metav1.NamespaceDefault)
			metadata["namespace"] = out.Namespace
		}
	}
	return out
}

// request is what the webhook would be asked when the object is created.
func (r *reader) request(o Object, reading translate.Reading, from *manifest.Object) *residency.Object {
	var ns *residency.Namespace
	if o.Namespace != "" {
		ns = r.namespaceOf(o.Namespace, from)
	}
	return translate.Creation(reading, r.kinds.resource(o.Kind), ns, from.Content)
}

// namespaceOf is the namespace that an object is created in.
func (r *reader) namespaceOf(name string, o *manifest.Object) *residency.Namespace {
	if ns := r.namespaces[name]; ns != nil {
		return ns
	}
	ns := namespaceOf(name, nil, nil)
	if r.options.Live != nil {
		live, err := r.options.Live(r.ctx, name)
		if err != nil {
			r.fail(o, "metadata.namespace", err)
		}
		if live != nil {
			ns = live
		}
	}
	r.namespaces[name] = ns
	return ns
}
