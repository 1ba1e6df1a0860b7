package kinds

import (
	"cmp"
	"slices"
	"strings"
)

// ownGroup is that of Domicile's own kinds.
const ownGroup = "domicile.dev"

// Found are the kinds of a cluster that hold Pods by their CustomResourceDefinitions
// and are not in the table, in the order of their resources.
type Found []Kind

// FoundOf sorts kinds.
func FoundOf(all []Kind) Found {
	found := slices.Clone(all)
	slices.SortFunc(found, func(a, b Kind) int { return compare(a, Resource{b.Group, b.Resource}) })
	return found
}

// Has says whether a resource is among them.
func (f Found) Has(r Resource) bool {
	_, ok := slices.BinarySearchFunc(f, r, compare)
	return ok
}

// Equal says whether two are the same to everybody.
func (f Found) Equal(g Found) bool {
	return slices.EqualFunc(f, g, func(a, b Kind) bool {
		return compare(a, Resource{b.Group, b.Resource}) == 0 && a.Kind == b.Kind && a.Scale == b.Scale && a.ClusterScoped == b.ClusterScoped
	})
}

func compare(k Kind, r Resource) int {
	return cmp.Or(strings.Compare(k.Group, r.Group), strings.Compare(k.Resource, r.Resource))
}

// Definition reads a CustomResourceDefinition (as decoded JSON). It is false for a kind
// that holds no Pods, or that is in the table or Domicile's own. Any version that is
// served counts: objects may be written in each of them.
func Definition(crd map[string]any) (Kind, bool) {
	spec, _ := crd["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	k := Kind{Group: textOf(spec["group"]), Resource: textOf(names["plural"]), Kind: textOf(names["kind"]), ClusterScoped: spec["scope"] == "Cluster"}
	if k.Group == "" || k.Resource == "" || k.Group == ownGroup || isAsked(Resource{k.Group, k.Resource}) {
		return Kind{}, false
	}
	holds := false
	versions, _ := spec["versions"].([]any)
	for _, v := range versions {
		version, _ := v.(map[string]any)
		if version["served"] != true {
			continue
		}
		subresources, _ := version["subresources"].(map[string]any)
		k.Scale = k.Scale || subresources["scale"] != nil
		validation, _ := version["schema"].(map[string]any)
		schema, _ := validation["openAPIV3Schema"].(map[string]any)
		holds = holds || HoldsPods(schema)
	}
	return k, holds
}

// isAsked says whether admission asks about a resource by its name.
func isAsked(r Resource) bool {
	return Find(r) != nil || slices.ContainsFunc(autoscalers, func(k Kind) bool { return k.Asked && compare(k, r) == 0 })
}

// textOf is the text in a decoded value, or "".
func textOf(v any) string {
	s, _ := v.(string)
	return s
}
