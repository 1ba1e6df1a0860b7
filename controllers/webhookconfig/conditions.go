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

// hasOurs says that an object has an annotation or a label of ours, however it is
// spelled. One with a great many is asked about unseen: an expression that costs too
// much would refuse it.
const hasOurs = "['annotations', 'labels'].exists(f, f in o.metadata && (size(o.metadata[f]) > 1000 || " +
	"o.metadata[f].exists(k, k.lowerAscii().startsWith('" + v1alpha1.Group + "/'))))"

// claimCondition lets those Namespaces and ServiceAccounts through that have, or had, an
// annotation or a label of ours.
func claimCondition() admissionv1.MatchCondition {
	return admissionv1.MatchCondition{Name: "claims", Expression: "[object, oldObject].exists(o, o != null && " + hasOurs + ")"}
}

const (
	apiKeyConditionHead = "[object, oldObject].exists(o, o != null && (" +
		"(has(o.type) && o.type == '" + v1alpha1.APIKeySecretType + "') || " + hasOurs
	apiKeyConditionTail = "))"
)

// apiKeyCondition lets those Secrets through that have, or had, an annotation or a
// label of ours, the type of API keys, or what a policy knows API keys by. The values
// are not looked at.
func apiKeyCondition(policies []v1alpha1.TenantPolicy) admissionv1.MatchCondition {
	e := apiKeyConditionHead
	for _, key := range apiKeysOf(policies) {
		e += conditionMore + hasAPIKey(key)
	}
	return admissionv1.MatchCondition{Name: "api-keys", Expression: e + apiKeyConditionTail}
}

// conditionMore stands before what a condition asks for because of a policy.
const conditionMore = " || "

// apiKeysOf are the apiKeys of all policies. The API allows no character in them that
// needs quoting.
func apiKeysOf(policies []v1alpha1.TenantPolicy) []string {
	var keys []string
	for i := range policies {
		if m := policies[i].Spec.Match; m != nil {
			keys = append(keys, m.APIKeys...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// markOf reads the field and the key of a label or an annotation; false if it is a key
// of data.
func markOf(apiKey string) (field, key string, ok bool) {
	kind, mark, ok := strings.Cut(apiKey, ":")
	key, _, _ = strings.Cut(mark, "=")
	return kind + "s", key, ok
}

// hasAPIKey asks for one of a policy's apiKeys. It does not look at values.
func hasAPIKey(apiKey string) string {
	at, key := "o.data", apiKey
	if field, mark, ok := markOf(apiKey); ok {
		at, key = "o.metadata."+field, mark
	}
	return "(has(" + at + ") && '" + key + "' in " + at + ")"
}

// addedBy reads back what a condition asks for because of policies; false if it is
// none of those about Secrets.
func addedBy(expression string) ([]string, bool) {
	for head, tail := range map[string]string{apiKeyConditionHead: apiKeyConditionTail, changesHead + objectChange: changesTail} {
		rest, okHead := strings.CutPrefix(expression, head)
		rest, okTail := strings.CutSuffix(rest, tail)
		if okHead && okTail {
			return strings.Split(rest, conditionMore), true
		}
	}
	return nil, false
}
