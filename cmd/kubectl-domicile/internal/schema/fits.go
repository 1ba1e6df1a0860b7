package schema

import (
	"maps"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
)

// filled is a value with the defaults that it leaves out. What changes is
// copied; the rest is shared with the value.
func (n *shape) filled(value any) any {
	if n == nil || !n.defaulted {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		return n.filledObject(value)
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = n.items.filled(item)
		}
		return items
	default:
		return value
	}
}

func (n *shape) filledObject(object map[string]any) map[string]any {
	object = maps.Clone(object)
	for name, property := range n.properties {
		if _, given := object[name]; !given && property != nil && property.value != nil {
			object[name] = runtime.DeepCopyJSONValue(property.value)
		}
	}
	for name, value := range object {
		object[name] = n.property(name).filled(value)
	}
	return object
}

func (n *shape) property(name string) *shape {
	if property, named := n.properties[name]; named {
		return property
	}
	return n.additional
}

// fits says that a value is valid, but for rules.
func (n *shape) fits(value any) bool {
	if n == nil {
		return false
	}
	switch value := value.(type) {
	case map[string]any:
		return n.kind == "object" && n.fitsObject(value)
	case []any:
		return n.kind == "array" && n.fitsList(value)
	case string:
		return n.kind == "string" && n.fitsText(value)
	case int64:
		return n.kind == "integer" && n.number.have(value)
	case bool:
		return n.kind == "boolean"
	default:
		return false
	}
}

func (n *shape) fitsObject(object map[string]any) bool {
	if n.free {
		return true
	}
	for name, value := range object {
		if !n.property(name).fits(value) {
			return false
		}
	}
	for _, name := range n.required {
		if _, given := object[name]; !given {
			return false
		}
	}
	return n.count.have(int64(len(object)))
}

func (n *shape) fitsList(items []any) bool {
	for _, item := range items {
		if !n.items.fits(item) {
			return false
		}
	}
	return n.count.have(int64(len(items))) && (n.unique == "" || n.differ(items))
}

func (n *shape) fitsText(text string) bool {
	return n.length.have(int64(utf8.RuneCountInString(text))) &&
		(n.enum == nil || n.enum[text]) &&
		(n.pattern == nil || n.pattern.MatchString(text)) &&
		(!n.dateTime || strfmt.Default.Validates("date-time", text))
}

// differ says that the items of a list differ from each other. Only text is
// compared.
func (n *shape) differ(items []any) bool {
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		id, ok := item.(string)
		if n.unique == "map" {
			id, ok = keyOf(item, n.keys)
		}
		if !ok || seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

// keyOf joins what the keys of an item say.
func keyOf(item any, keys []string) (id string, ok bool) {
	object, ok := item.(map[string]any)
	for _, key := range keys {
		text, isText := object[key].(string)
		if !isText {
			return "", false
		}
		if len(keys) > 1 {
			text += "\x00"
		}
		id += text
	}
	return id, ok
}
