package kinds

import "strings"

// The bounds of a schema that is read. A schema beyond them is taken for one that holds
// Pods: an object of such a kind is asked about in vain at worst.
const (
	maxSchemaDepth = 100
	maxSchemaNodes = 500_000
)

// HoldsPods says whether the schema of a kind (openAPIV3Schema, as decoded JSON) has a
// place for Pods: a list of containers, something that is pulled and run, or a Pod or a
// template that may hold anything. What an object says of itself in metadata and status
// is not looked at.
//
// A schema that says nothing at all, or nothing about spec, holds nothing: it may be of
// any kind, and most kinds run nothing.
func HoldsPods(schema map[string]any) bool {
	r := schemaReader{}
	for name, field := range fieldsOf(schema) {
		if name == "metadata" || name == "status" {
			continue
		}
		if r.holds(name, field, 0) {
			return true
		}
	}
	return false
}

// schemaReader counts what it has read.
type schemaReader struct{ nodes int }

// holds says whether a field has a place for Pods, in itself or below.
func (r *schemaReader) holds(name string, schema map[string]any, depth int) bool {
	r.nodes++
	if depth > maxSchemaDepth || r.nodes > maxSchemaNodes {
		return true
	}
	fields := fieldsOf(schema)
	switch {
	case len(fields) == 0 && isOpen(schema) && namesPods(name):
		return true
	case name == "containers" && isContainer(below(schema)):
		return true
	case isPulled(fields):
		return true
	}
	if namesPods(name) && isOpen(fields["spec"]) && len(fieldsOf(fields["spec"])) == 0 && fields["kind"] == nil {
		return true // A template of which only metadata is described.
	}
	for child, field := range fields {
		if r.holds(child, field, depth+1) {
			return true
		}
	}
	return below(schema) != nil && r.holds("", below(schema), depth+1)
}

// otherTemplates are names of templates of something else.
var otherTemplates = []string{"claimtemplate", "secrettemplate", "servicetemplate", "channeltemplate", "volumetemplate"}

// namesPods says whether what may hold anything holds Pods by its name: template,
// podTemplate, workerTemplate, podSpec, podTemplateSpec and the like.
func namesPods(name string) bool {
	name = strings.ToLower(name)
	for _, other := range otherTemplates {
		if strings.HasSuffix(name, other) {
			return false
		}
	}
	return strings.HasSuffix(name, "template") || strings.HasSuffix(name, "podspec") || strings.HasSuffix(name, "podtemplatespec")
}

// isContainer says whether the items of a list called containers are containers: a policy
// for autoscaling, say, lists names of containers.
func isContainer(item map[string]any) bool {
	fields := fieldsOf(item)
	for _, name := range []string{"image", "command", "args", "env"} {
		if fields[name] != nil {
			return true
		}
	}
	return len(fields) == 0 && isOpen(item)
}

// isPulled says whether an object has an image that is pulled and run: the image of a
// machine or of a disk has no command, and an image that is scanned no number of copies.
func isPulled(fields map[string]map[string]any) bool {
	if fields["image"] == nil && fields["imageName"] == nil {
		return false
	}
	for _, name := range []string{"replicas", "instances", "command", "args", "env", "resources", "imagePullPolicy", "imagePullSecrets"} {
		if fields[name] != nil {
			return true
		}
	}
	return false
}

// isOpen says whether fields that the schema does not name are kept.
func isOpen(schema map[string]any) bool {
	return schema["x-kubernetes-preserve-unknown-fields"] == true
}

// fieldsOf are the fields of an object by name.
func fieldsOf(schema map[string]any) map[string]map[string]any {
	properties, _ := schema["properties"].(map[string]any)
	fields := make(map[string]map[string]any, len(properties))
	for name, field := range properties {
		if field, ok := field.(map[string]any); ok {
			fields[name] = field
		}
	}
	return fields
}

// below is the schema of the items of a list, or of the values of a map.
func below(schema map[string]any) map[string]any {
	for _, key := range []string{"items", "additionalProperties"} {
		if item, ok := schema[key].(map[string]any); ok {
			return item
		}
	}
	return nil
}
