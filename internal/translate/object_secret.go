package translate

import "sort"

// lastApplied is where kubectl apply keeps a whole copy of what was applied.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

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

// dataKeys names what a Secret has in data, sorted.
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
	sort.Strings(keys)
	return keys
}
