package translate

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// scope says which objects a policy covers.
type scope struct {
	rules      []Rule
	apiKeys    map[string]bool
	namespaces labels.Selector
	objects    labels.Selector
	conditions conditions
}

// match compiles a policy's scope. What cannot be read selects everything.
func (c *policyCompiler) match(m *v1alpha1.Match, path *field.Path) {
	s := newScope(m)
	if m != nil {
		var errs field.ErrorList
		s.namespaces, errs = compileSelector(m.NamespaceSelector, path.Child("namespaceSelector"))
		c.refuse(errs...)
		s.objects, errs = compileSelector(m.ObjectSelector, path.Child("objectSelector"))
		c.refuse(errs...)
		s.conditions, errs = compileConditions(m.MatchConditions, path.Child("matchConditions"))
		c.refuse(errs...)
		c.refuse(validateMatch(m, path)...)
	}
	c.policy.Covers = s.covers
}

// newScope is the part of a scope that says which resources are covered.
func newScope(m *v1alpha1.Match) *scope {
	s := &scope{rules: coveredByDefault(), apiKeys: map[string]bool{}}
	s.add(m)
	return s
}

// add makes the scope cover the resources and API keys that a policy names.
func (s *scope) add(m *v1alpha1.Match) {
	if m == nil {
		return
	}
	s.rules = append(s.rules, PolicyRules(&v1alpha1.TenantPolicy{Spec: v1alpha1.TenantPolicySpec{Match: m}})...)
	for _, key := range m.APIKeys {
		s.apiKeys[key] = true
	}
}

func coveredByDefault() []Rule {
	return append(BuiltinRules(), NamespaceRules()...)
}

// concerns reports whether the scope covers the object's resource or, for a
// Secret, whether it is an API key.
func (s *scope) concerns(o *residency.Object) bool {
	if o.Group == "" && o.Resource == "secrets" {
		return s.isAPIKey(o)
	}
	for _, rule := range s.rules {
		if rule.matches(o.Group, o.Version, o.Resource, o.Subresource) {
			return true
		}
	}
	return false
}

// groups lists the API groups that have anything of concern.
func (s *scope) groups() []string {
	var groups []string
	for _, rule := range s.rules {
		groups = append(groups, rule.Groups...)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

func (s *scope) isAPIKey(o *residency.Object) bool {
	if o.APIKey {
		return true
	}
	for _, key := range o.DataKeys {
		if s.apiKeys[key] {
			return true
		}
	}
	return false
}

// covers is residency.Policy.Covers.
func (s *scope) covers(o *residency.Object) (bool, error) {
	if !s.concerns(o) || !s.inNamespaces(o) || !s.amongObjects(o) {
		return false, nil
	}
	return s.conditions.hold(o)
}

// inNamespaces applies the namespaceSelector as the API server does: to a
// Namespace's own labels, and never against what is in no namespace.
func (s *scope) inNamespaces(o *residency.Object) bool {
	switch {
	case s.namespaces == nil:
		return true
	case o.IsNamespace():
		return s.namespaces.Matches(namespaceLabels(&residency.Namespace{Name: o.Name, Labels: o.Labels}))
	case o.Namespace == nil:
		return true
	default:
		return s.namespaces.Matches(namespaceLabels(o.Namespace))
	}
}

// amongObjects applies the objectSelector as the API server does: to the labels
// before and after an update, so that nobody gets out of a policy by changing
// a label.
func (s *scope) amongObjects(o *residency.Object) bool {
	if s.objects == nil || s.objects.Matches(labels.Set(o.Labels)) {
		return true
	}
	v, _ := o.Variables.(*Variables)
	if v == nil || v.OldObject == nil {
		return false
	}
	metadata, _ := v.OldObject["metadata"].(map[string]any)
	return s.objects.Matches(labels.Set(stringMap(metadata["labels"])))
}
