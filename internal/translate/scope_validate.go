package translate

import (
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

var (
	groupPattern    = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$`)
	versionPattern  = regexp.MustCompile(`^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$`)
	resourcePattern = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$`)
	apiKeyPattern   = regexp.MustCompile(`^([-._a-zA-Z0-9]{1,253}|(label|annotation):([-.a-z0-9]{1,253}/)?[-._a-zA-Z0-9]{1,63}(=[-._a-zA-Z0-9]{0,63})?)$`)
)

// neverCovered are resources that a policy must not name, and why.
var neverCovered = []struct {
	groups    []string
	resources []string
	why       string
}{
	{[]string{""}, []string{"secrets"}, "only API-key Secrets are covered: name their data keys in spec.match.apiKeys"},
	{[]string{""}, []string{"bindings", "pods/binding", "pods/eviction"}, "would stop the scheduling or the eviction of pods"},
	{[]string{""}, []string{"nodes", "events"}, "would stop what keeps the cluster running"},
	{[]string{"coordination.k8s.io"}, []string{"leases"}, "would stop what keeps the cluster running"},
	{[]string{v1alpha1.Group}, nil, "a policy does not judge Domicile's own kinds"},
	{
		[]string{"admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io"},
		nil, "admission does not guard the configuration of the API server",
	},
}

// validateMatch checks what the selectors and conditions leave.
func validateMatch(m *v1alpha1.Match, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, rule := range m.Resources {
		errs = append(errs, validateRule(rule, path.Child("resources").Index(i))...)
	}
	for i, rule := range m.ExcludeResources {
		errs = append(errs, validateExcluded(rule, path.Child("excludeResources").Index(i))...)
	}
	for i, key := range m.APIKeys {
		if !apiKeyPattern.MatchString(key) {
			errs = append(errs, field.Invalid(path.Child("apiKeys").Index(i), key,
				"must be a key of a Secret's data (letters, digits, hyphens, underscores and dots), or label:KEY, label:KEY=VALUE, annotation:KEY or annotation:KEY=VALUE"))
		}
	}
	return errs
}

func validateRule(rule v1alpha1.ResourceRule, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(rule.APIGroups) == 0 {
		errs = append(errs, field.Required(path.Child("apiGroups"), `"" is the core group`))
	}
	if len(rule.Resources) == 0 {
		errs = append(errs, field.Required(path.Child("resources"), "resources in the plural, in lower case"))
	}
	for i, group := range rule.APIGroups {
		if !groupPattern.MatchString(group) {
			errs = append(errs, field.Invalid(path.Child("apiGroups").Index(i), group, `must be the name of an API group, or "" for the core group; wildcards are not allowed`))
		}
	}
	for i, version := range rule.APIVersions {
		if !versionPattern.MatchString(version) {
			errs = append(errs, field.Invalid(path.Child("apiVersions").Index(i), version, `must be a version such as v1beta1, or "*"`))
		}
	}
	for i, resource := range rule.Resources {
		at := path.Child("resources").Index(i)
		if !resourcePattern.MatchString(resource) {
			errs = append(errs, field.Invalid(at, resource, "must be a resource in the plural, in lower case, or RESOURCE/SUBRESOURCE; wildcards are not allowed"))
			continue
		}
		if why := whyNever(rule.APIGroups, resource); why != "" {
			errs = append(errs, field.Invalid(at, resource, why))
		}
	}
	return errs
}

func validateExcluded(rule v1alpha1.ExcludedResources, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(rule.APIGroups) == 0 {
		errs = append(errs, field.Required(path.Child("apiGroups"), "API groups of custom resources"))
	}
	if len(rule.Resources) == 0 {
		errs = append(errs, field.Required(path.Child("resources"), "resources in the plural, in lower case"))
	}
	for i, group := range rule.APIGroups {
		if !groupPattern.MatchString(group) || !strings.Contains(group, ".") {
			errs = append(errs, field.Invalid(path.Child("apiGroups").Index(i), group, "must be an API group with a dot, such as monitoring.coreos.com: what Kubernetes itself runs is always covered; wildcards are not allowed"))
		}
	}
	for i, resource := range rule.Resources {
		if !resourcePattern.MatchString(resource) || isSubresource(resource) {
			errs = append(errs, field.Invalid(path.Child("resources").Index(i), resource, "must be a resource in the plural and in lower case, such as prometheuses; wildcards and subresources are not allowed"))
		}
	}
	return errs
}

func whyNever(groups []string, resource string) string {
	if strings.HasSuffix(resource, "/status") {
		return "status is written about what runs already, and is never covered"
	}
	for _, never := range neverCovered {
		named := len(never.resources) == 0 || slices.Contains(never.resources, resource)
		if named && slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(never.groups, g) }) {
			return never.why
		}
	}
	return ""
}
