package webhookconfig

import (
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/growth"
)

// Most UPDATEs can make no difference, and the API server does not send these: a
// finalizer goes, a label changes, status is written, something is scaled down. So they
// cost nothing, and an outage stops none of them. test/asked compares what is not sent
// with what the webhook would have passed.
//
// Of an object's own annotations and labels those under domicile.dev/ count, in any case:
// no other says whose an object is, and network plugins write others on Pods that cannot
// start without them, also during an outage. Annotations further down are in other
// fields, which count as a whole.
//
// An expression that costs too much would refuse the request, with a finalizer for ever.
// So what has a great many fields, annotations or labels is asked about instead.
const (
	isUpdate = "request.operation == 'UPDATE'"

	// marksChange compares what an object, or a Namespace, says of itself.
	marksChange = "['annotations', 'labels'].exists(f, " +
		"!(f in object.metadata && f in oldObject.metadata && object.metadata[f] == oldObject.metadata[f]) && " +
		"[[object, oldObject], [oldObject, object]].exists(p, f in p[0].metadata && (" +
		"size(p[0].metadata[f]) > 1000 || p[0].metadata[f].exists(k, k.lowerAscii().startsWith('" + v1alpha1.Group + "/') && " +
		"!(f in p[1].metadata && k in p[1].metadata[f] && p[0].metadata[f][k] == p[1].metadata[f][k])))))"

	// rises compares two Scales, which leave 0 replicas out.
	isScale = "has(request.subResource) && request.subResource == 'scale'"
	rises   = "(has(object.spec) && has(object.spec.replicas) ? object.spec.replicas : 0) > " +
		"(has(oldObject.spec) && has(oldObject.spec.replicas) ? oldObject.spec.replicas : 0)"
)

// fieldsChange compares all fields at the top of an object but those that growth does
// not read: a resource may have any. Those that differ are the same anyway if the
// expression says so.
func fieldsChange(same string) string {
	counts := "!(k in ['" + strings.Join(growth.Unread(), "', '") + "'])"
	return "size(object) > 1000 || size(oldObject) > 1000 || " +
		"object.exists(k, " + counts + " && !(k in oldObject && (object[k] == oldObject[k]" + same + "))) || " +
		"oldObject.exists(k, " + counts + " && !(k in object))"
}

// fewerReplicas is for a spec in which replicas go down and nothing else changes: that is
// how a Deployment scales its ReplicaSets down.
const fewerReplicas = " || k == 'spec' && type(object.spec) == map && type(oldObject.spec) == map && size(object.spec) <= 1000 && " +
	"oldObject.spec.all(f, f in object.spec) && object.spec.all(f, f in oldObject.spec && (object.spec[f] == oldObject.spec[f] || " +
	"f == 'replicas' && type(object.spec[f]) == int && type(oldObject.spec[f]) == int && object.spec[f] < oldObject.spec[f]))"

// objectChanges is for workloads and their subresources.
func objectChanges() admissionv1.MatchCondition { return changes(objectChange) }

var objectChange = "(" + isScale + ") ? " + rises + " : " + fieldsChange(fewerReplicas) + " || " + marksChange

// secretChanges is for Secrets: the labels and annotations by which policies know API
// keys count, too.
func secretChanges(policies []v1alpha1.TenantPolicy) admissionv1.MatchCondition {
	expression := objectChange
	for _, key := range apiKeysOf(policies) {
		if field, mark, ok := markOf(key); ok {
			expression += conditionMore + "(" + entryOf("object", field, mark) + " != " + entryOf("oldObject", field, mark) + ")"
		}
	}
	return changes(expression)
}

// entryOf is what an object says, in a list that is empty if it says nothing.
func entryOf(object, field, mark string) string {
	at := object + ".metadata." + field
	return "(has(" + at + ") && '" + mark + "' in " + at + " ? [" + at + "['" + mark + "']] : [])"
}

// marksChanges is for Namespaces: nothing else in one says whose it is, and one that is
// being deleted loses the finalizers in its spec.
func marksChanges() admissionv1.MatchCondition { return changes(marksChange) }

// specChanges is for Domicile's own kinds, of which the spec alone is validated.
func specChanges() admissionv1.MatchCondition { return changes(fieldsChange("")) }

// tenantChanges is for Tenants: whoever gives one that binds namespaces an owner can
// have it deleted.
func tenantChanges() admissionv1.MatchCondition {
	return changes(fieldsChange("") + " || " + binds + " && " + ownersOf("object") + " != " + ownersOf("oldObject"))
}

// unbinds lets the deletion of those Tenants through that bind namespaces.
func unbinds() admissionv1.MatchCondition {
	return admissionv1.MatchCondition{Name: "unbinds", Expression: "request.operation != 'DELETE' || oldObject != null && " + binds}
}

const binds = "has(oldObject.spec) && has(oldObject.spec.namespaces) && has(oldObject.spec.namespaces.bound) && size(oldObject.spec.namespaces.bound) > 0"

func ownersOf(object string) string {
	return "(has(" + object + ".metadata.ownerReferences) ? " + object + ".metadata.ownerReferences : [])"
}

const (
	changesHead = "!(" + isUpdate + ") || ("
	changesTail = ")"
)

func changes(expression string) admissionv1.MatchCondition {
	return admissionv1.MatchCondition{Name: "changes", Expression: changesHead + expression + changesTail}
}
