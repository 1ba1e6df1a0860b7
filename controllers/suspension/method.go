package suspension

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

var (
	podResource    = translate.PodResource
	secretResource = translate.SecretResource
)

// wayOf says how an object is suspended, and by which field if it is by one. A
// kind that nobody here has heard of is by a spec.suspend that it has, or else by
// its spec.replicas.
func wayOf(r schema.GroupResource, o *unstructured.Unstructured) (kinds.Way, *field) {
	if k := translate.KindOf(r); k != nil {
		if _, mirror := o.GetAnnotations()[corev1.MirrorPodAnnotationKey]; mirror && k.Way == kinds.Evict {
			return kinds.Impossible, nil
		}
		if !isMarked(o) && holdsAny(k.Unless, o) {
			return kinds.Nothing, nil
		}
		return k.Way, fieldOf(k)
	}
	if autoscalerField(r) != nil {
		return kinds.Nothing, nil // what it scales is suspended, and then it
	}
	if _, ok := suspend.in(o.Object).(bool); ok {
		return kinds.Set, suspend
	}
	if _, ok := replicas.in(o.Object).(int64); ok {
		return kinds.Set, replicas
	}
	return kinds.Impossible, nil
}

// holdsAny says whether any of some facts is so of an object.
func holdsAny(facts []kinds.Fact, o *unstructured.Unstructured) bool {
	return slices.ContainsFunc(facts, func(f kinds.Fact) bool { return f.Holds(o.Object) })
}

// hasEnded says whether a Pod or Job is over, so that it need not be suspended.
func hasEnded(r schema.GroupResource, o *unstructured.Unstructured) bool {
	switch r.Resource {
	case "pods":
		phase, _, err := unstructured.NestedString(o.Object, "status", "phase")
		return err == nil && (phase == string(corev1.PodSucceeded) || phase == string(corev1.PodFailed))
	case "jobs":
		return hasCondition(o, "Complete") || hasCondition(o, "Failed")
	}
	return false
}

// hasCondition says whether a condition of an object is true.
func hasCondition(o *unstructured.Unstructured, name string) bool {
	conditions, _, err := unstructured.NestedSlice(o.Object, "status", "conditions")
	return err == nil && slices.ContainsFunc(conditions, func(c any) bool {
		condition, _ := c.(map[string]any)
		return condition["type"] == name && condition["status"] == "True"
	})
}
