package schema

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

// mutator changes objects at random.
type mutator struct {
	random  *rand.Rand
	objects []map[string]any // to take parts from
	named   map[string][]any // all values of fields of a name
}

func newMutator(objects []map[string]any) *mutator {
	m := &mutator{objects: objects, named: map[string][]any{}}
	for _, object := range objects {
		for _, part := range m.inside(object, nil) {
			fields, _ := part.(map[string]any)
			for name, value := range fields {
				m.named[name] = append(m.named[name], value)
			}
		}
	}
	return m
}

// mutate makes some changes anywhere in an object.
func (m *mutator) mutate(object map[string]any, seed uint64, changes int) {
	m.random = rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // no secret
	for range changes {
		m.change(object)
	}
}

// odd are values that are invalid in one place or another.
var odd = []any{
	nil, "", "x", "X", "lantern", "CN", "SG-01", "sg", "100", "100.0", "100.1", "33.3", "-1", "0", "Control", "Person", "State", "Deny", "GLEIF",
	"2026-02-29", "2024-02-29", "2026-01-02T03:04:05Z", "1969-01-01T00:00:00Z", "24h", "1s", "a\nb", "a\u202eb", "\u00fcber", "a b", "*", "https://example.com/a",
	strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("\u00e4", 254), strings.Repeat("a.", 512),
	int64(0), int64(-1), int64(1), int64(1) << 40, 0.5, 1.0, true, false, map[string]any{}, []any{},
}

func (m *mutator) change(object map[string]any) {
	at := m.pick(m.inside(object, nil))
	switch at := at.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(at))
		switch name := "extra"; {
		case len(names) == 0 || m.random.IntN(8) == 0:
			at[name] = m.value()
		case m.random.IntN(3) == 0:
			delete(at, names[m.random.IntN(len(names))])
		case m.random.IntN(4) == 0:
			m.graft(at)
		default:
			name = names[m.random.IntN(len(names))]
			if at[name] = m.value(); m.random.IntN(4) > 0 {
				at[name] = m.alike(name)
			}
		}
	case []any:
		if len(at) > 0 {
			at[m.random.IntN(len(at))] = m.item(at)
		}
	}
}

// alike is a value that another field of this name has, or an odd one.
func (m *mutator) alike(name string) any {
	if len(m.named[name]) == 0 {
		return m.value()
	}
	return runtime.DeepCopyJSONValue(m.pick(m.named[name]))
}

// graft takes the fields of another map that shares one with this.
func (m *mutator) graft(into map[string]any) {
	from, _ := m.pick(m.inside(m.objects[m.random.IntN(len(m.objects))], nil)).(map[string]any)
	for name := range from {
		if _, shared := into[name]; shared {
			maps.Copy(into, runtime.DeepCopyJSON(from))
			return
		}
	}
}

func (m *mutator) item(list []any) any {
	if m.random.IntN(2) == 0 {
		return runtime.DeepCopyJSONValue(list[m.random.IntN(len(list))])
	}
	return m.value()
}

// value is one of the odd ones, or one from another object.
func (m *mutator) value() any {
	if m.random.IntN(2) == 0 {
		return runtime.DeepCopyJSONValue(odd[m.random.IntN(len(odd))])
	}
	switch from := m.pick(m.inside(m.objects[m.random.IntN(len(m.objects))], nil)).(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(from))
		if len(names) == 0 {
			return runtime.DeepCopyJSONValue(from)
		}
		return runtime.DeepCopyJSONValue(from[names[m.random.IntN(len(names))]])
	default:
		return runtime.DeepCopyJSONValue(from)
	}
}

func (m *mutator) pick(values []any) any { return values[m.random.IntN(len(values))] }

// inside lists a value and all maps and lists in it.
func (m *mutator) inside(value any, found []any) []any {
	switch value := value.(type) {
	case map[string]any:
		found = append(found, value)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			found = m.inside(value[name], found)
		}
	case []any:
		found = append(found, value)
		for _, item := range value {
			found = m.inside(item, found)
		}
	}
	return found
}
