package translate

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Rule is one set of resources that admission asks about.
type Rule struct {
	Groups, Versions, Resources []string
}

// every is the wildcard of admission rules.
const every = "*"

// BuiltinRules are the workloads that every policy covers, with every way to
// make more of them. Namespaces, ServiceAccounts and Secrets need webhooks of their
// own and are in rules of their own; PolicyRules adds what a policy names.
//
// pods/binding is never among them: it would stop all scheduling. The status of
// Kubernetes' own kinds is, because annotations are written through it.
// A rule for a kind that a cluster does not have matches nothing.
func BuiltinRules() []Rule {
	var rules []Rule
	for _, group := range kinds.Groups() {
		rules = append(rules, ruleFor(group...))
	}
	return rules
}

// NamespaceRules are the ways to change a Namespace's annotations.
func NamespaceRules() []Rule { return []Rule{ruleFor(kinds.Namespace)} }

// ServiceAccountRules are the ServiceAccounts, of which only those that claim
// should reach admission.
func ServiceAccountRules() []Rule { return []Rule{ruleFor(kinds.ServiceAccount)} }

// SecretRules are the Secrets, of which only API keys should reach admission.
func SecretRules() []Rule { return []Rule{ruleFor(kinds.Secret)} }

// ruleFor has all versions of some kinds of one group, and their subresources.
// */scale is every scale of the group, also of kinds that are added to it later.
func ruleFor(group ...kinds.Kind) Rule {
	rule := Rule{Groups: []string{group[0].Group}, Versions: []string{every}}
	var subresources []string
	for _, k := range group {
		rule.Resources = append(rule.Resources, k.Resource)
		for _, name := range k.Subresources {
			subresources = append(subresources, k.Resource+"/"+name)
		}
	}
	if slices.ContainsFunc(group, func(k kinds.Kind) bool { return k.Scale }) {
		subresources = append(subresources, "*/scale")
	}
	rule.Resources = append(rule.Resources, subresources...)
	return rule
}

// ResourceOf finds the resource of a kind without a cluster to ask. What is not
// covered by default is guessed from the kind, as kubectl does it.
func ResourceOf(gvk schema.GroupVersionKind) schema.GroupVersionResource {
	if k := kinds.FindKind(kinds.Name(gvk.GroupKind())); k != nil {
		return gvk.GroupVersion().WithResource(k.Resource)
	}
	plural, _ := meta.UnsafeGuessKindToResource(gvk)
	return plural
}

// UnaskedNamespaces are those that admission is never asked about, and that nobody
// else looks at either: the cluster's own, the manager's, and those that this
// installation leaves out.
func UnaskedNamespaces(manager string, leftOut ...string) []string {
	names := append([]string{metav1.NamespaceSystem, manager}, leftOut...)
	slices.Sort(names)
	return slices.Compact(names)
}

// PolicyRules are the resources that a policy covers beyond the built-in ones.
// A resource brings its scale and its status along; where it has none, that
// matches nothing.
func PolicyRules(p *v1alpha1.TenantPolicy) []Rule {
	if p.Spec.Match == nil {
		return nil
	}
	var rules []Rule
	for _, r := range withDefaults(p.Spec).Match.Resources {
		rule := Rule{Groups: r.APIGroups, Versions: r.APIVersions}
		named := map[string]bool{}
		for _, resource := range r.Resources {
			named[resource] = true
		}
		for _, resource := range r.Resources {
			rule.Resources = append(rule.Resources, resource)
			if isSubresource(resource) {
				continue
			}
			for _, along := range []string{resource + "/scale", resource + "/status"} {
				if !named[along] {
					rule.Resources = append(rule.Resources, along)
				}
			}
		}
		rules = append(rules, rule)
	}
	return rules
}

// FoundRules are the kinds that hold Pods by their definition and that at least one
// policy covers, and their scale: those in namespaces, and those that are in none. The
// status of custom resources takes no annotations.
func FoundRules(found kinds.Found, policies []v1alpha1.TenantPolicy) (namespaced, cluster []Rule) {
	for _, k := range found {
		o := &residency.Object{Group: k.Group, Version: every, Resource: k.Resource}
		if len(policies) > 0 && !slices.ContainsFunc(policies, func(p v1alpha1.TenantPolicy) bool { return !anyMatches(excludedBy(&p), o, "") }) {
			continue
		}
		rule := Rule{Groups: []string{k.Group}, Versions: []string{every}, Resources: []string{k.Resource}}
		if k.Scale {
			rule.Resources = append(rule.Resources, k.Resource+"/scale")
		}
		if k.ClusterScoped {
			cluster = append(cluster, rule)
		} else {
			namespaced = append(namespaced, rule)
		}
	}
	return namespaced, cluster
}

// excludedBy are the resources that a policy leaves out, in every version: the same
// objects are written in all of them.
func excludedBy(p *v1alpha1.TenantPolicy) []Rule {
	if p.Spec.Match == nil {
		return nil
	}
	var rules []Rule
	for _, r := range p.Spec.Match.ExcludeResources {
		rules = append(rules, Rule{Groups: r.APIGroups, Versions: []string{every}, Resources: r.Resources})
	}
	return rules
}

// matches reports whether the rule names the resource, as an admission rule
// of the API server would.
func (r Rule) matches(group, version, resource, subresource string) bool {
	return has(r.Groups, group) && has(r.Versions, version) && r.hasResource(resource, subresource)
}

func (r Rule) hasResource(resource, subresource string) bool {
	name := resource
	if subresource != "" {
		name += "/" + subresource
	}
	for _, known := range r.Resources {
		if known == name || subresource != "" && known == "*/"+subresource {
			return true
		}
	}
	return false
}

func has(list []string, value string) bool {
	for _, item := range list {
		if item == value || item == every {
			return true
		}
	}
	return false
}

func isSubresource(resource string) bool { return strings.Contains(resource, "/") }
