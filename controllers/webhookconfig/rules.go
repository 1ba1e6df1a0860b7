package webhookconfig

import (
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

var (
	createAndUpdate = []admissionv1.OperationType{admissionv1.Create, admissionv1.Update}
	onlyCreate      = []admissionv1.OperationType{admissionv1.Create}
	onlyUpdate      = []admissionv1.OperationType{admissionv1.Update}
	onlyDelete      = []admissionv1.OperationType{admissionv1.Delete}
)

// workloadRules are the resources that policies cover: whole objects, and
// subresources. What is covered by default grows through a subresource by
// UPDATE only; what a policy names may be a subresource that is created.
func workloadRules(policies []v1alpha1.TenantPolicy, found []translate.Rule) (main, sub []admissionv1.RuleWithOperations) {
	for _, r := range slices.Concat(translate.BuiltinRules(), found) {
		main = appendRule(main, createAndUpdate, r, isMain)
		sub = appendRule(sub, onlyUpdate, r, isSubresource)
	}
	var named []translate.Rule
	for i := range policies {
		named = append(named, translate.PolicyRules(&policies[i])...)
	}
	for _, r := range sortedRules(named) {
		main = appendRule(main, createAndUpdate, r, isMain)
		sub = appendRule(sub, createAndUpdate, r, isSubresource)
	}
	return main, sub
}

func isSubresource(resource string) bool { return strings.Contains(resource, "/") }
func isMain(resource string) bool        { return !isSubresource(resource) }

// appendRule appends a rule with the resources that are wanted, if any are.
func appendRule(rules []admissionv1.RuleWithOperations, ops []admissionv1.OperationType, r translate.Rule, wanted func(string) bool) []admissionv1.RuleWithOperations {
	r.Resources = slices.DeleteFunc(slices.Clone(r.Resources), func(resource string) bool { return !wanted(resource) })
	if len(r.Resources) == 0 {
		return rules
	}
	return append(rules, asRules(ops, []translate.Rule{r})...)
}

// restrict leaves rules with these operations alone.
func restrict(rules []admissionv1.RuleWithOperations, ops []admissionv1.OperationType) []admissionv1.RuleWithOperations {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].Operations = ops
	}
	return rules
}

// sortedRules gives every rule one form, and drops those that occur twice.
func sortedRules(rules []translate.Rule) []translate.Rule {
	sorted := make([]translate.Rule, 0, len(rules))
	for _, r := range rules {
		sorted = append(sorted, translate.Rule{
			Groups:    slices.Compact(slices.Sorted(slices.Values(r.Groups))),
			Versions:  slices.Compact(slices.Sorted(slices.Values(r.Versions))),
			Resources: slices.Compact(slices.Sorted(slices.Values(r.Resources))),
		})
	}
	compare := func(a, b translate.Rule) int {
		if c := slices.Compare(a.Groups, b.Groups); c != 0 {
			return c
		}
		if c := slices.Compare(a.Resources, b.Resources); c != 0 {
			return c
		}
		return slices.Compare(a.Versions, b.Versions)
	}
	slices.SortFunc(sorted, compare)
	return slices.CompactFunc(sorted, func(a, b translate.Rule) bool { return compare(a, b) == 0 })
}

// ownRules ask about one of Domicile's own kinds. Its status is not among them:
// only the controllers write it.
func ownRules(resource string) []admissionv1.RuleWithOperations {
	return asRules(createAndUpdate, []translate.Rule{ownRule(resource)})
}

// tenantRules also ask about the deletion of Tenants, which unbinds namespaces.
func tenantRules() []admissionv1.RuleWithOperations {
	return slices.Concat(ownRules("tenants"), asRules(onlyDelete, []translate.Rule{ownRule("tenants")}))
}

func ownRule(resource string) translate.Rule {
	return translate.Rule{Groups: []string{v1alpha1.Group}, Versions: []string{v1alpha1.GroupVersion.Version}, Resources: []string{resource}}
}

func asRules(ops []admissionv1.OperationType, rules []translate.Rule) []admissionv1.RuleWithOperations {
	out := make([]admissionv1.RuleWithOperations, 0, len(rules))
	for _, r := range rules {
		out = append(out, admissionv1.RuleWithOperations{Operations: ops, Rule: admissionv1.Rule{
			APIGroups: r.Groups, APIVersions: r.Versions, Resources: r.Resources, Scope: ptr.To(admissionv1.AllScopes),
		}})
	}
	return out
}
