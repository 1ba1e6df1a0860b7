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
	// byDefault is what every policy covers, besides kinds that hold Pods by their
	// definition, and excluded what of either this one leaves out; named is what it adds.
	byDefault, named []Rule
	excluded         []Rule
	apiKeys          map[string]bool
	namespaces       labels.Selector
	objects          labels.Selector
	conditions       conditions
	calls            callScope
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
		s.calls, errs = compileCalls(m, path)
		c.refuse(errs...)
	}
	c.policy.Covers = s.covers
}

// newScope is the part of a scope that says which resources are covered.
func newScope(m *v1alpha1.Match) *scope {
	s := &scope{byDefault: coveredByDefault(), apiKeys: map[string]bool{}}
	if m == nil {
		return s
	}
	p := &v1alpha1.TenantPolicy{Spec: v1alpha1.TenantPolicySpec{Match: m}}
	s.named, s.excluded = PolicyRules(p), excludedBy(p)
	for _, key := range m.APIKeys {
		s.apiKeys[key] = true
	}
	return s
}

func coveredByDefault() []Rule {
	return append(BuiltinRules(), NamespaceRules()...)
}

// concerns reports whether the scope covers the object's resource or, for a
// Secret, whether it is an API key or judged as one.
func (s *scope) concerns(o *residency.Object) bool {
	if o.Call != nil {
		return true
	}
	if o.Group == "" && o.Resource == "secrets" {
		return s.isAPIKey(o)
	}
	if anyMatches(s.named, o, o.Subresource) {
		return true
	}
	// What is left out is so with all its subresources.
	return (o.HoldsPods || anyMatches(s.byDefault, o, o.Subresource)) && !anyMatches(s.excluded, o, "")
}

func anyMatches(rules []Rule, o *residency.Object, subresource string) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.matches(o.Group, o.Version, o.Resource, subresource) })
}

func (s *scope) isAPIKey(o *residency.Object) bool {
	if o.APIKey || o.IsTenantSecret() {
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
	if o.Call != nil {
		return s.calls.covers(o.Call), nil
	}
	if s.calls.only || !s.concerns(o) || !s.inNamespaces(o) || !s.amongObjects(o) {
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
	if v = v.filled(); v == nil || v.OldObject == nil {
		return false
	}
	metadata, _ := v.OldObject["metadata"].(map[string]any)
	return s.objects.Matches(labels.Set(stringMap(metadata["labels"])))
}
