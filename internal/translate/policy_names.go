package translate

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// names maps the words of the API to the values of the core.
type names[Word ~string, Value any] map[Word]Value

func (n names[Word, Value]) find(word Word, path *field.Path) (Value, *field.Error) {
	value, ok := n[word]
	if ok {
		return value, nil
	}
	if word == "" {
		return value, field.Required(path, "must be one of "+n.list())
	}
	return value, field.NotSupported(path, word, slices.Sorted(maps.Keys(n)))
}

func (n names[Word, Value]) list() string {
	words := make([]string, 0, len(n))
	for _, word := range slices.Sorted(maps.Keys(n)) {
		words = append(words, string(word))
	}
	return strings.Join(words, ", ")
}

// Verdict is the word of the API for a verdict.
func Verdict(v residency.Verdict) v1alpha1.Verdict { return v1alpha1.Verdict(v.String()) }

// Action is the word of the API for an action.
func Action(a residency.Action) v1alpha1.Action { return v1alpha1.Action(a.String()) }
