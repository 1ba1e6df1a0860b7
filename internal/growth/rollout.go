package growth

import (
	"reflect"
	"strings"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// Rollout says whether an UPDATE changes a pod template of a kind that is known: it
// starts new Pods, for which those that run have to go.
func Rollout(old, updated map[string]any) bool {
	k := kinds.FindKind(nameOf(updated))
	if k == nil {
		return false
	}
	for _, pods := range k.Pods { // spec.template.spec and spec.submitterPodTemplate.spec, but not spec.predictor
		template, ok := strings.CutSuffix(pods.Spec, ".spec")
		if ok && strings.HasSuffix(template, "emplate") && !reflect.DeepEqual(valuesAt(old, split(template)), valuesAt(updated, split(template))) {
			return true
		}
	}
	return false
}

// valuesAt has what stands at a path, by where.
func valuesAt(v any, path []string) any {
	if len(path) == 0 {
		return v
	}
	found := map[any]any{}
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if key == path[0] || path[0] == "*" {
				found[key] = valuesAt(value, path[1:])
			}
		}
	case []any:
		for i, item := range v {
			found[i] = valuesAt(item, path[1:])
		}
	}
	return found
}
