package growth

import (
	"reflect"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// SecretData says whether a Secret gets a value that it did not have under that
// key. Losing one is shrinking, and so is getting the placeholder that stands
// where a value is held.
func SecretData(old, updated map[string]any) bool {
	kind, _ := updated["type"].(string)
	placeholders := kinds.Placeholders(kind)
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
