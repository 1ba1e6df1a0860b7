package mirror

import (
	"maps"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
)

// The lists of claims. Each is found out by itself: in a pod template there may be
// nonsense, which must not hide what the object itself claims. Each variable that is read
// costs an API server about as much as a search for a name.
const (
	ownClaims   = "claims" // of the object, as it was, too, and of its namespace
	placeClaims = "placed" // of its pod templates
)

func claimLists() []string { return []string{ownClaims, placeClaims} }

const kindOf = "request.kind.group + '/' + request.kind.kind"

// isResource is an expression for one resource.
func isResource(group, name string) string {
	return "request.resource.group == " + quote(group) + " && request.resource.resource == " + quote(name)
}

// facts are variables about the request and its claims, in the order in which they
// need each other.
func facts() []admissionv1.Variable {
	const (
		objects     = "[object, oldObject].filter(o, o != null)"
		labels      = ".?metadata.?labels.orValue({})"
		ofNamespace = "dyn(namespaceObject)"
	)
	tenant, behalf := ".?metadata.?annotations[?"+quote(v1alpha1.TenantAnnotation)+"].orValue('')", ".?metadata.?annotations[?"+quote(v1alpha1.OnBehalfOfAnnotation)+"].orValue('')"
	isNamespace := isResource("", "namespaces")
	return []admissionv1.Variable{
		{Name: "scale", Expression: "has(request.subResource) && request.subResource == 'scale'"},
		{Name: "secret", Expression: isResource("", "secrets")},
		{Name: "clusterScoped", Expression: ofNamespace + " == null && !(" + isNamespace + ")"},
		{Name: "namespaceLabels", Expression: isNamespace + " ? object" + labels + " : " + ofNamespace + " == null ? dyn({}) : " + ofNamespace + labels},
		{Name: "labels", Expression: "object" + labels},
		{Name: "oldLabels", Expression: "oldObject == null ? dyn({}) : oldObject" + labels},
		{Name: ownClaims, Expression: "(variables.scale ? [] : " + objects + ".map(o, o" + tenant + ").filter(c, c != '')) + " + split(
			"((variables.scale ? [] : "+objects+".map(o, o"+behalf+")) + ("+ofNamespace+" == null ? [] : ["+ofNamespace+tenant+", "+ofNamespace+behalf+"]))")},
		{Name: placeClaims, Expression: "variables.scale ? [] : " + split(places())},
	}
}

// split makes of texts with commas all that is between them. A claim with a comma, or
// with blanks around it, is refused by the webhook whoever it names.
func split(texts string) string {
	return texts + ".join(',').split(',').map(c, c.trim()).filter(c, c != '')"
}

// places is an expression for what the pod templates of an object claim, by its kind.
func places() string {
	byPaths := map[string][]string{} // kinds
	for _, k := range kinds.Workloads() {
		paths := templates(k)
		if k.Kind == kinds.Pod.Kind || len(paths) == 0 {
			continue
		}
		key := strings.Join(paths, " ")
		byPaths[key] = append(byPaths[key], k.Group+"/"+k.Kind)
	}
	var cases []choice
	for _, key := range slices.Sorted(maps.Keys(byPaths)) {
		var lists []string
		for path := range strings.FieldsSeq(key) {
			lists = append(lists, annotated("object", path))
		}
		cases = append(cases, choice{"(" + kindOf + ") in " + list(byPaths[key]), strings.Join(lists, " + ")})
	}
	return "(" + choose(cases, "[]") + ")"
}

// templates are the places in an object where the annotations of its Pods are.
func templates(k kinds.Kind) (paths []string) {
	for _, pods := range k.Pods {
		switch template, isTemplate := strings.CutSuffix(pods.Spec, "emplate.spec"); {
		case pods.Spec == "" || pods.Spec == "spec":
		case isTemplate:
			paths = append(paths, template+"emplate.metadata.annotations")
		default:
			paths = append(paths, pods.Spec+".annotations")
		}
	}
	return paths
}

// annotated lists what annotations at a path claim.
func annotated(base, path string) string { return annotatedIn(base, path, "i") }

// annotatedIn is the same, with a variable for the items of the next list.
func annotatedIn(base, path, variable string) string {
	items, item, rest, ok := repeated(base, path, variable)
	if !ok {
		found := at(base, path)
		return "[" + found + "[?" + quote(v1alpha1.TenantAnnotation) + "].orValue(''), " + found + "[?" + quote(v1alpha1.OnBehalfOfAnnotation) + "].orValue('')]"
	}
	return items + ".map(" + variable + ", " + annotatedIn(item, rest, variable+"i") + ".join(','))"
}

// nested says whether a path leads through more than one list or map.
func nested(path string) bool {
	_, _, rest, ok := repeated("", path, "i")
	return ok && strings.ContainsAny(rest, "[*")
}

// repeated finds the first list, or map, in a path, and how its items are reached by a
// variable; false if there is none.
func repeated(base, path, variable string) (items, item, rest string, ok bool) {
	list, mapping := strings.Index(path, "[]."), strings.Index(path, ".*.")
	switch {
	case list >= 0 && (mapping < 0 || list < mapping):
		return at(base, path[:list]) + ".orValue([])", variable, path[list+len("[]."):], true
	case mapping >= 0:
		of := at(base, path[:mapping]) + ".orValue({})"
		return of, of + "[" + variable + "]", path[mapping+len(".*."):], true
	}
	return "", "", "", false
}
