package webhook

import (
	"reflect"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
)

// grows says whether an UPDATE makes the object of the request more than it
// was. The values of a Secret are gone by now, so it has a rule of its own.
func (r *request) grows(old, updated *residency.Object) bool {
	if !r.isSecret() {
		return growth.Object(r.OldObject, r.Object)
	}
	return r.secretDataChanged || becomesAPIKey(old, updated) ||
		!reflect.DeepEqual(r.OldObject["type"], r.Object["type"])
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
