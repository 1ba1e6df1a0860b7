package translate

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Places are the namespaces of a tenant, by its spec.
type Places struct {
	// Bound are bound to the tenant; in Names it may be claimed.
	Bound, Names []string

	selector labels.Selector
}

// notForTenants are the namespaces of Kubernetes itself. What binds them would
// make cluster components somebody's, and could have them suspended.
var notForTenants = []string{"kube-system", "kube-public", "kube-node-lease"}

// placesOf compiles the namespaces of a tenant; nil if there are none. What
// cannot be read binds and admits nothing.
func placesOf(n *v1alpha1.TenantNamespaces, path *field.Path) (*Places, field.ErrorList) {
	if n == nil {
		return nil, nil
	}
	var errs field.ErrorList
	if len(n.Bound) == 0 && len(n.Names) == 0 && n.Selector == nil {
		errs = append(errs, field.Required(path, "at least one of bound, names and selector must be set"))
	}
	p := &Places{Names: n.Names}
	for i, name := range n.Names {
		for _, problem := range validation.IsDNS1123Label(name) {
			errs = append(errs, field.Invalid(path.Child("names").Index(i), name, problem))
		}
	}
	for i, name := range n.Bound {
		at := path.Child("bound").Index(i)
		problems := validation.IsDNS1123Label(name)
		if slices.Contains(notForTenants, name) {
			problems = append(problems, "namespaces of Kubernetes itself belong to no tenant")
		}
		for _, problem := range problems {
			errs = append(errs, field.Invalid(at, name, problem))
		}
		if len(problems) == 0 {
			p.Bound = append(p.Bound, name)
		}
	}
	selector, selErrs := compileSelector(n.Selector, path.Child("selector"))
	p.selector = selector
	return p, append(errs, selErrs...)
}

// Admits is residency.Tenant.Admits.
func (p *Places) Admits(ns *residency.Namespace) bool {
	return slices.Contains(p.Names, ns.Name) || p.Selects(ns)
}

// Selects says whether the selector selects a namespace.
func (p *Places) Selects(ns *residency.Namespace) bool {
	return p.selector != nil && p.selector.Matches(namespaceLabels(ns))
}

// Selector identifies the selector; "" if there is none, or one that selects
// everything. Anchors are labels, as LabelsOf writes them, of which a namespace
// that is selected has at least one; "" stands for any label at all.
func (p *Places) Selector() (id string, anchors []string) {
	if p.selector == nil || p.selector.Empty() {
		return "", nil
	}
	requirements, _ := p.selector.Requirements()
	present := ""
	for _, r := range requirements {
		switch r.Operator() {
		case selection.Equals, selection.DoubleEquals, selection.In:
			for value := range r.Values() {
				anchors = append(anchors, r.Key()+"="+value)
			}
			return p.selector.String(), anchors
		case selection.Exists:
			present = r.Key()
		}
	}
	return p.selector.String(), []string{present}
}

// LabelsOf has what a namespace may be anchored by.
func LabelsOf(ns *residency.Namespace) []string {
	all := namespaceLabels(ns)
	anchors := make([]string, 1, 1+2*len(all)) // the first is ""
	for key, value := range all {
		anchors = append(anchors, key, key+"="+value)
	}
	return anchors
}

// namespaceLabels are a namespace's labels with the one that the API server
// puts on every namespace, for namespaces that were read from files.
func namespaceLabels(ns *residency.Namespace) labels.Set {
	if ns.Labels[nameLabel] == ns.Name {
		return ns.Labels
	}
	all := labels.Set{}
	for key, value := range ns.Labels {
		all[key] = value
	}
	all[nameLabel] = ns.Name
	return all
}

// nameLabel is corev1.LabelMetadataName.
const nameLabel = "kubernetes.io/metadata.name"
