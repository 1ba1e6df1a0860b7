package webhookconfig

import (
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// A match condition whose evaluation fails refuses the request, so these look
// before they read. They see the object before and after the change: whoever
// takes a mark off a Secret, or a claim off a Namespace, is asked about, too.

// claimCondition lets those Namespaces and ServiceAccounts through that carry, or
// carried, an annotation of ours, however it is spelled.
func claimCondition() admissionv1.MatchCondition {
	return admissionv1.MatchCondition{
		Name: "claims",
		Expression: "[object, oldObject].exists(o, o != null && has(o.metadata.annotations) && " +
			"o.metadata.annotations.exists(k, k.lowerAscii().startsWith('" + v1alpha1.Group + "/')))",
	}
}

// A Secret with a great many annotations or labels is asked about unseen: an
// expression that costs too much would refuse it.
const (
	apiKeyConditionHead = "[object, oldObject].exists(o, o != null && (" +
		"(has(o.type) && o.type == '" + v1alpha1.APIKeySecretType + "') || " +
		"['annotations', 'labels'].exists(f, f in o.metadata && (size(o.metadata[f]) > 1000 || " +
		"o.metadata[f].exists(k, k.lowerAscii().startsWith('" + v1alpha1.Group + "/'))))"
	apiKeyConditionMore = " || "
	apiKeyConditionTail = "))"
)

// apiKeyCondition lets those Secrets through that have, or had, an annotation or a
// label of ours or the type of API keys, or a data key, label or annotation that a policy names. The
// values are not looked at.
func apiKeyCondition(policies []v1alpha1.TenantPolicy) admissionv1.MatchCondition {
	var keys []string
	for i := range policies {
		if m := policies[i].Spec.Match; m != nil {
			for _, k := range m.APIKeys {
				keys = append(keys, hasAPIKey(k))
			}
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	e := apiKeyConditionHead
	for _, k := range keys {
		e += apiKeyConditionMore + k
	}
	return admissionv1.MatchCondition{Name: "api-keys", Expression: e + apiKeyConditionTail}
}

// hasAPIKey asks for one of a policy's apiKeys. It does not look at values. The API
// allows no character that needs quoting.
func hasAPIKey(key string) string {
	at := "o.data"
	if kind, mark, ok := strings.Cut(key, ":"); ok {
		at = "o.metadata." + kind + "s"
		key, _, _ = strings.Cut(mark, "=")
	}
	return "(has(" + at + ") && '" + key + "' in " + at + ")"
}

// apiKeysIn reads back what apiKeyCondition asks for because of policies; false if
// it is anything else.
func apiKeysIn(expression string) ([]string, bool) {
	rest, okHead := strings.CutPrefix(expression, apiKeyConditionHead)
	rest, okTail := strings.CutSuffix(rest, apiKeyConditionTail)
	return strings.Split(rest, apiKeyConditionMore), okHead && okTail
}
