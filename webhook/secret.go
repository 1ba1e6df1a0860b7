package webhook

import (
	"reflect"
	"slices"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
)

// grows says whether an UPDATE makes the object of the request more than it
// was. The values of a Secret are gone by now, so it has a rule of its own.
func (r *request) grows(old, updated *residency.Object) bool {
	if !r.isSecret() {
		return growth.Object(different(&r.oldObject, &r.object))
	}
	return r.secretDataChanged || becomesAPIKey(old, updated) ||
		!reflect.DeepEqual(r.oldObject.content()["type"], r.object.content()["type"])
}

// becomesAPIKey says whether a Secret is marked as an API key that was not.
func becomesAPIKey(old, updated *residency.Object) bool {
	return updated.APIKey && !old.APIKey
}

// grows is the same, also by what only policies know: a label by which one of them
// knows API keys.
func (h *Handler) grows(r *request, old, updated *residency.Object) (bool, error) {
	if r.grows(old, updated) || !r.isSecret() || !mayBecomeAPIKey(old, updated) {
		return r.grows(old, updated), nil
	}
	current, err := h.current()
	if err != nil {
		return false, err
	}
	return current.IsAbout(updated) && !current.IsAbout(old), nil
}

// mayBecomeAPIKey says whether a Secret gets something by which a policy may know API
// keys.
func mayBecomeAPIKey(old, updated *residency.Object) bool {
	return slices.ContainsFunc(updated.DataKeys, func(key string) bool { return !slices.Contains(old.DataKeys, key) })
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
