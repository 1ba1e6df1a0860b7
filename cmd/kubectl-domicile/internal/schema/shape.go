package schema

import (
	"cmp"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"

	"github.com/google/cel-go/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/common"
)

// shape is a schema as far as it can be checked fast. What fits into it is valid
// and would be stored as it is; of what does not, nothing is known. A nil shape,
// that of a schema with anything that is not understood here, fits nothing.
type shape struct {
	kind       string // object, array, string, integer or boolean
	properties map[string]*shape
	names      []string // of the properties, sorted
	additional *shape
	items      *shape
	free       bool // an object of any properties
	required   []string
	unique     string   // set or map if items must differ, else ""
	keys       []string // what the items of a map must differ in
	dateTime   bool
	pattern    *regexp.Regexp
	enum       map[string]bool
	length     bounds // of a string, in characters
	count      bounds // of items or properties
	number     bounds

	value     any  // the default, or nil
	defaulted bool // whether anything below has one

	rule   cel.Program   // all rules about the value in one, or nil
	obeyed memo          // values that obey it
	schema common.Schema // how the rule sees the value
	ruled  bool          // whether there is a rule here or below
}

type bounds struct{ least, most int64 }

func (b bounds) have(n int64) bool { return b.least <= n && n <= b.most }

// newShape turns a schema into a shape. The declared type is that of the value
// in rules.
func newShape(s *schema.Structural, declared *apiservercel.DeclType) *shape {
	if !understood(s) {
		return nil
	}
	v := cmp.Or(s.ValueValidation, &schema.ValueValidation{})
	n := &shape{
		kind: s.Type, required: v.Required, keys: s.XListMapKeys, value: s.Default.Object,
		length: lengths(v.MinLength, v.MaxLength),
		count:  lengths(v.MinProperties, v.MaxProperties),
		schema: newView(s),
	}
	if n.kind == "array" {
		n.count = lengths(v.MinItems, v.MaxItems)
	}
	if s.XListType != nil && *s.XListType != "atomic" {
		n.unique = *s.XListType
	}
	if !n.values(v) || !n.rules(s, declared) || !n.children(s, declared) {
		return nil
	}
	return n
}

// newRoot is the shape of a whole object, whose metadata is checked apart.
func newRoot(s *schema.Structural) *shape {
	n := newShape(s, model.SchemaDeclType(s, true))
	if n == nil || n.properties["metadata"] == nil || len(s.Properties["metadata"].Properties) > 0 {
		return nil
	}
	n.properties["metadata"].free = true
	n.schema = newView(model.WithTypeAndObjectMeta(s))
	return n
}

// understood says whether a schema has nothing but what shapes know.
func understood(s *schema.Structural) bool {
	rest := *s
	rest.Type, rest.Title, rest.Description, rest.Default = "", "", "", schema.JSON{}
	rest.Items, rest.Properties, rest.AdditionalProperties, rest.XValidations = nil, nil, nil, nil
	rest.XListType, rest.XListMapKeys, rest.XMapType, rest.ValueValidation = nil, nil, nil, nil
	var v schema.ValueValidation
	if s.ValueValidation != nil {
		v = *s.ValueValidation
	}
	v.Format, v.Pattern, v.Enum, v.Required = "", "", nil, nil
	v.Minimum, v.Maximum, v.MinLength, v.MaxLength = nil, nil, nil, nil
	v.MinItems, v.MaxItems, v.MinProperties, v.MaxProperties = nil, nil, nil, nil
	additional := s.AdditionalProperties
	return reflect.ValueOf(rest).IsZero() && reflect.ValueOf(v).IsZero() && (additional == nil || additional.Structural != nil) &&
		slices.Contains([]string{"object", "array", "string", "integer", "boolean"}, s.Type) && (s.Type == "array") == (s.Items != nil)
}

func lengths(least, most *int64) bounds {
	b := bounds{0, math.MaxInt64}
	if least != nil {
		b.least = *least
	}
	if most != nil {
		b.most = *most
	}
	return b
}

// values takes what a schema says about single values; false if that is more
// than is understood.
func (n *shape) values(v *schema.ValueValidation) bool {
	for _, e := range v.Enum {
		text, isText := e.Object.(string)
		if !isText || n.kind != "string" {
			return false
		}
		if n.enum == nil {
			n.enum = map[string]bool{}
		}
		n.enum[text] = true
	}
	if v.Pattern != "" {
		pattern, err := regexp.Compile(v.Pattern)
		if err != nil {
			return false
		}
		n.pattern = pattern
	}
	n.number = bounds{math.MinInt64, math.MaxInt64}
	switch n.kind + " " + v.Format {
	case "string date-time":
		n.dateTime = true
	case "integer int32":
		n.number = bounds{math.MinInt32, math.MaxInt32}
	default:
		if v.Format != "" && v.Format != "int64" {
			return false
		}
	}
	return bound(&n.number.least, v.Minimum, 1) && bound(&n.number.most, v.Maximum, -1)
}

// bound moves a bound inwards; false if the new one is no whole number.
func bound(to *int64, by *float64, sign int) bool {
	if by == nil {
		return true
	}
	const exact = 1 << 53
	whole := int64(*by)
	if math.Abs(*by) > exact || float64(whole) != *by {
		return false
	}
	if cmp.Compare(whole, *to) == sign {
		*to = whole
	}
	return true
}

// children takes the schemas below; false if nothing could be known of a value.
func (n *shape) children(s *schema.Structural, declared *apiservercel.DeclType) bool {
	var element *apiservercel.DeclType
	if declared != nil {
		element = declared.ElemType
	}
	if s.Items != nil {
		if n.items = n.child(s.Items, element); n.items == nil {
			return false
		}
	}
	if s.AdditionalProperties != nil {
		if n.additional = n.child(s.AdditionalProperties.Structural, element); n.additional == nil {
			return false
		}
	}
	n.names = slices.Sorted(maps.Keys(s.Properties))
	n.properties = make(map[string]*shape, len(s.Properties))
	for name := range s.Properties {
		property := s.Properties[name]
		n.properties[name] = n.child(&property, fieldType(declared, name))
	}
	return true
}

func (n *shape) child(s *schema.Structural, declared *apiservercel.DeclType) *shape {
	child := newShape(s, declared)
	if child != nil {
		n.defaulted = n.defaulted || child.value != nil || child.defaulted
		n.ruled = n.ruled || child.ruled
	}
	return child
}

// fieldType is the type of a property in rules, or nil if rules do not see it.
func fieldType(declared *apiservercel.DeclType, name string) *apiservercel.DeclType {
	escaped, ok := apiservercel.Escape(name)
	if !ok || declared == nil || declared.Fields[escaped] == nil {
		return nil
	}
	return declared.Fields[escaped].Type
}
