package webhook

import (
	"reflect"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// secretDataChanged says whether a Secret gets a value that it did not have
// under that key. Losing one is shrinking, and so is getting the placeholder
// that stands where a value is held. It runs before the values are dropped and
// keeps none of them.
func secretDataChanged(old, updated map[string]any) bool {
	kind, _ := updated["type"].(string)
	placeholders := translate.Placeholders(kind)
	for _, field := range []string{"data", "stringData"} {
		before, _ := old[field].(map[string]any)
		after, ok := updated[field].(map[string]any)
		if !ok && updated[field] != nil {
			return true
		}
		for key, value := range after {
			if placeholder, ok := placeholders[key]; ok && field == "data" && value == placeholder {
				continue
			}
			was, ok := before[key]
			if !ok || !reflect.DeepEqual(was, value) {
				return true
			}
		}
	}
	return false
}

// grows says whether an UPDATE makes the object of the request more than it
// was. The values of a Secret are gone by now, so it has a rule of its own.
func (r *request) grows(old, updated *residency.Object) bool {
	if !r.isSecret() {
		return grows(r.OldObject, r.Object)
	}
	return r.secretDataChanged || becomesAPIKey(old, updated) ||
		fieldGrows("type", r.OldObject["type"], r.Object["type"])
}

// becomesAPIKey says whether a Secret is marked as an API key that was not.
func becomesAPIKey(old, updated *residency.Object) bool {
	return updated.APIKey && !old.APIKey
}

// keepMarks makes a Secret that is just losing what marks it as an API key
// count as one a last time.
func keepMarks(updated, old *residency.Object) {
	updated.APIKey = updated.APIKey || old.APIKey
	has := map[string]bool{}
	for _, key := range updated.DataKeys {
		has[key] = true
	}
	for _, key := range old.DataKeys {
		if !has[key] {
			updated.DataKeys = append(updated.DataKeys, key)
		}
	}
}
