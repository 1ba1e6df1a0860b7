package schema

import (
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiserver/pkg/cel/common"
)

// view is a schema as rules see it. The API server's own makes the maps of its
// properties anew whenever a rule names one, which takes most of the time of all
// rules.
type view struct {
	model.Structural
	properties map[string]common.Schema
	items      common.Schema
	additional common.SchemaOrBool
}

func newView(s *schema.Structural) *view {
	v := &view{Structural: model.Structural{Structural: s}}
	if s.Items != nil {
		v.items = newView(s.Items)
	}
	if s.Properties != nil {
		v.properties = make(map[string]common.Schema, len(s.Properties))
		for name := range s.Properties {
			property := s.Properties[name]
			v.properties[name] = newView(&property)
		}
	}
	if s.AdditionalProperties != nil {
		v.additional = &viewOrBool{allows: s.AdditionalProperties.Bool}
		if s.AdditionalProperties.Structural != nil {
			v.additional = &viewOrBool{schema: newView(s.AdditionalProperties.Structural)}
		}
	}
	return v
}

// Items is the schema of the items of a list, or nil.
func (v *view) Items() common.Schema { return v.items }

// Properties are the schemas of the fields of an object.
func (v *view) Properties() map[string]common.Schema { return v.properties }

// AdditionalProperties is the schema of the values of a map, or nil.
func (v *view) AdditionalProperties() common.SchemaOrBool { return v.additional }

type viewOrBool struct {
	schema common.Schema
	allows bool
}

// Schema is the schema of the values of a map, or nil.
func (v *viewOrBool) Schema() common.Schema { return v.schema }

// Allows says whether a map may have any values.
func (v *viewOrBool) Allows() bool { return v.allows }
