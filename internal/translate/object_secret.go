package translate

import (
	"sort"

	corev1 "k8s.io/api/core/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// lastApplied is where kubectl apply keeps a whole copy of what was applied.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// maxMarkValue is how long a value is that a policy may name.
const maxMarkValue = 63

// redacted stands where the value of a Secret was.
const redacted = ""

// RedactSecret drops every value of a Secret in place and keeps the keys, so
// that match conditions can ask for them. kubectl's copy of the Secret in an
// annotation goes too. Nothing but this function and the JSON decoder before
// it ever sees a value.
func RedactSecret(raw map[string]any) {
	for _, field := range []string{"data", "stringData"} {
		values, ok := raw[field].(map[string]any)
		if !ok {
			delete(raw, field)
			continue
		}
		for key := range values {
			values[key] = redacted
		}
	}
	metadata, _ := raw["metadata"].(map[string]any)
	if annotations, ok := metadata["annotations"].(map[string]any); ok {
		delete(annotations, lastApplied)
	}
}

// SystemSecretType is the type of the only Secrets that Kubernetes makes for itself in
// namespaces of others. Bootstrap tokens are for kube-system, and of all other types
// users keep what they like.
const SystemSecretType = string(corev1.SecretTypeServiceAccountToken)

// isSystemSecret says whether a Secret has the type, and nothing in it but what
// Kubernetes writes there.
func isSystemSecret(raw map[string]any) bool {
	for _, field := range []string{"data", "stringData"} {
		values, _ := raw[field].(map[string]any)
		for key := range values {
			switch key {
			case corev1.ServiceAccountTokenKey, corev1.ServiceAccountRootCAKey, corev1.ServiceAccountNamespaceKey:
			default:
				return false
			}
		}
	}
	return text(raw["type"]) == SystemSecretType
}

// IsEmptiedSecret says whether an object is a Secret without data that is marked as
// suspended. The object must be whole: metadata alone says nothing about data.
func IsEmptiedSecret(raw map[string]any) bool {
	for _, field := range []string{"data", "stringData"} {
		if values, _ := raw[field].(map[string]any); len(values) > 0 {
			return false
		}
	}
	metadata, _ := raw["metadata"].(map[string]any)
	return stringMap(metadata["labels"])[v1alpha1.SuspendedLabel] == "true"
}

// dataKeys names what may make a Secret an API key for a policy, sorted: what it has
// in data, and its labels and annotations as policies name them, with their values
// and without. No key of data has a colon.
func dataKeys(raw map[string]any) []string {
	var keys []string
	seen := map[string]bool{}
	for _, field := range []string{"data", "stringData"} {
		values, _ := raw[field].(map[string]any)
		for key := range values {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	metadata, _ := raw["metadata"].(map[string]any)
	for field, kind := range map[string]string{"labels": "label:", "annotations": "annotation:"} {
		for key, value := range stringMap(metadata[field]) {
			keys = append(keys, kind+key)
			if len(value) <= maxMarkValue {
				keys = append(keys, kind+key+"="+value)
			}
		}
	}
	sort.Strings(keys)
	return keys
}
