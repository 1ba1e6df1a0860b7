package mirror

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// StaticSuffix ends the names of policies that an API server reads from files
// (KEP-5793): it takes no others from there, and none with it through the API.
const StaticSuffix = ".static.k8s.io"

// guardName is the name of the guard, but for the suffix.
const guardName = "domicile-guard"

// Guarded is what a guard keeps from being changed.
type Guarded struct {
	// Objects are names by group and resource, in one text: group/resource.
	Objects map[string][]string
	// Users may change it.
	Users []string
}

// Guard makes a static policy that refuses to change or delete some objects, with its
// binding. Names are looked at in the object itself, because a deletion of many does not
// name each.
func Guard(g Guarded) (admissionv1.ValidatingAdmissionPolicy, admissionv1.ValidatingAdmissionPolicyBinding) {
	var rules []admissionv1.NamedRuleWithOperations
	var guarded []string
	for _, r := range guardedResources {
		names := g.Objects[r.group+"/"+r.resource]
		if len(names) == 0 {
			continue
		}
		rules = append(rules, admissionv1.NamedRuleWithOperations{
			RuleWithOperations: rule([]string{r.group}, []string{"*"}, []string{r.resource}, admissionv1.Update, admissionv1.Delete),
		})
		guarded = append(guarded, isResource(r.group, r.resource)+" && oldObject.metadata.name in "+list(names))
	}
	name := guardName + StaticSuffix
	policy := admissionv1.ValidatingAdmissionPolicy{
		TypeMeta: typeMeta("ValidatingAdmissionPolicy"), ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: admissionv1.ValidatingAdmissionPolicySpec{
			FailurePolicy:    ptr.To(admissionv1.Fail),
			MatchConstraints: &admissionv1.MatchResources{ResourceRules: rules, MatchPolicy: ptr.To(admissionv1.Equivalent)},
			MatchConditions:  []admissionv1.MatchCondition{{Name: "guarded", Expression: or(guarded...)}},
			Validations: []admissionv1.Validation{{
				Expression: "request.userInfo.username in " + list(g.Users), Reason: ptr.To(metav1.StatusReasonForbidden),
				Message: "this belongs to Domicile and is guarded by a file on the control plane: add yourself with --guard-user, or remove the file",
			}},
		},
	}
	return policy, bindingOf(name)
}

// guardedResources are those of which objects can be guarded.
var guardedResources = []resource{
	{"admissionregistration.k8s.io", "validatingadmissionpolicies"},
	{"admissionregistration.k8s.io", "validatingadmissionpolicybindings"},
	{"admissionregistration.k8s.io", "validatingwebhookconfigurations"},
	{"apiextensions.k8s.io", "customresourcedefinitions"},
	{"rbac.authorization.k8s.io", "clusterrolebindings"},
	{"rbac.authorization.k8s.io", "clusterroles"},
}
