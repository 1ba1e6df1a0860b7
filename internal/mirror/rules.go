package mirror

import (
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/internal/translate"
)

// constraints match what the mirror has something to say about, and the probe, in all
// versions. A rule that names its versions makes kube-controller-manager compile every
// expression anew for each kind that the rule matches, each time the policy is written,
// to warn of fields that the kind does not have: seconds of a processor, in which the
// control plane does nothing else.
func constraints(policy string, shares []share) *admissionv1.MatchResources {
	rules := []admissionv1.NamedRuleWithOperations{{
		ResourceNames:      []string{Probe(policy)},
		RuleWithOperations: rule([]string{probeGroup}, []string{"*"}, []string{probeResource}, admissionv1.Create),
	}}
	if len(shares) > 0 {
		rules = append(rules, builtinRules()...)
	}
	for _, s := range shares {
		for _, r := range s.scope.resources {
			rules = append(rules, admissionv1.NamedRuleWithOperations{
				RuleWithOperations: rule([]string{r.group}, []string{"*"}, []string{r.resource}, admissionv1.Create),
			})
		}
	}
	return &admissionv1.MatchResources{
		NamespaceSelector: &metav1.LabelSelector{}, ObjectSelector: &metav1.LabelSelector{},
		ResourceRules: slices.CompactFunc(rules, sameRule), MatchPolicy: ptr.To(admissionv1.Equivalent),
	}
}

func builtinRules() []admissionv1.NamedRuleWithOperations {
	var all []admissionv1.NamedRuleWithOperations
	for _, r := range rules() {
		all = append(all, admissionv1.NamedRuleWithOperations{RuleWithOperations: r})
	}
	return all
}

// rules are those of what every policy covers. The status of an object does not grow,
// and of a Pod nothing but its ephemeral containers is looked at.
func rules() []admissionv1.RuleWithOperations {
	var all []admissionv1.RuleWithOperations
	add := func(r translate.Rule, wanted func(string) bool, operations ...admissionv1.OperationType) {
		resources := slices.DeleteFunc(slices.Clone(r.Resources), func(name string) bool { return !wanted(name) })
		if len(resources) > 0 {
			all = append(all, rule(r.Groups, r.Versions, resources, operations...))
		}
	}
	whole := func(name string) bool { return !strings.Contains(name, "/") }
	for _, r := range translate.BuiltinRules() {
		add(r, whole, admissionv1.Create)
		add(r, func(name string) bool {
			return whole(name) && name != "pods" || name == "*/scale" || name == "pods/ephemeralcontainers"
		}, admissionv1.Update)
	}
	for _, r := range slices.Concat(translate.NamespaceRules(), translate.SecretRules()) {
		add(r, whole, admissionv1.Create)
	}
	return all
}

func rule(groups, versions, resources []string, operations ...admissionv1.OperationType) admissionv1.RuleWithOperations {
	return admissionv1.RuleWithOperations{Operations: operations, Rule: admissionv1.Rule{
		APIGroups: groups, APIVersions: versions, Resources: resources, Scope: ptr.To(admissionv1.AllScopes),
	}}
}

func sameRule(a, b admissionv1.NamedRuleWithOperations) bool {
	return slices.Equal(a.APIGroups, b.APIGroups) && slices.Equal(a.Resources, b.Resources) &&
		slices.Equal(a.Operations, b.Operations) && slices.Equal(a.ResourceNames, b.ResourceNames)
}
