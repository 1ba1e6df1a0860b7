package translate

import (
	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// Rule is one set of resources that admission asks about.
type Rule struct {
	Groups, Versions, Resources []string
}

// every is the wildcard of admission rules.
const every = "*"

// BuiltinRules are the workloads that every policy covers, with every way to
// make more of them. Namespaces and Secrets, which need webhooks of their own,
// are in NamespaceRules and SecretRules; PolicyRules adds what a policy names.
//
// pods/binding is never among them (it would stop all scheduling), and no
// status is: what is restricted may always shrink, and be seen.
// A rule for a kind that a cluster does not have matches nothing.
func BuiltinRules() []Rule {
	var rules []Rule
	for _, g := range builtinGroups {
		rule := Rule{Groups: []string{g.group}, Versions: []string{every}}
		for _, k := range g.kinds {
			rule.Resources = append(rule.Resources, k.resource)
		}
		rules = append(rules, rule.with(g.subresources))
	}
	return rules
}

func (r Rule) with(resources []string) Rule {
	r.Resources = append(r.Resources, resources...)
	return r
}

// NamespaceRules are the ways to change a Namespace's annotations. The API
// server lets metadata through on the subresources too (CVE-2026-30963,
// CVE-2026-55636).
func NamespaceRules() []Rule {
	return []Rule{{
		Groups: []string{""}, Versions: []string{every},
		Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"},
	}}
}

// SecretRules are the Secrets, of which only API keys should reach admission.
func SecretRules() []Rule {
	return []Rule{{Groups: []string{""}, Versions: []string{every}, Resources: []string{"secrets"}}}
}

// PolicyRules are the resources that a policy covers beyond the built-in ones.
// A resource brings its scale subresource along; where it has none, that
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
			if scale := resource + "/scale"; !isSubresource(resource) && !named[scale] {
				rule.Resources = append(rule.Resources, scale)
			}
		}
		rules = append(rules, rule)
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
