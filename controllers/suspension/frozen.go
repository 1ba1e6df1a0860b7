package suspension

import (
	"context"
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// frozenSecret is a step with an immutable Secret of which everything is held.
// The API server does not let anybody empty it. So it is replaced by an empty
// one that says so, and made again, immutable, from what is held.
func (x *executor) frozenSecret(ctx context.Context, v view, place *unstructured.Unstructured, kept *held) (outcome, error) {
	manifest, err := kept.manifest()
	if err != nil {
		return outcome{state: failed, problem: err.Error()}, nil //nolint:nilerr // it is told
	}
	// What stands in its place has no claims that could be trusted: the
	// manifest says whose it is.
	r, err := x.decide(ctx, v, secretResource, asItWas(manifest, kept))
	if err != nil {
		return outcome{state: pending}, err
	}
	if place != nil && place.GetDeletionTimestamp() != nil {
		return outcome{state: pending, ruling: r, after: soon}, nil
	}
	if place != nil && place.GetUID() != kept.origin.UID && place.GetUID() != kept.origin.Place && isBack(place, kept) {
		return wrote(opResume, r, x.release(ctx, kept))
	}
	switch r.want {
	case suspended:
		return x.replaceSecret(ctx, v, place, kept, manifest, r)
	case keep:
		if place != nil && place.GetUID() == kept.origin.UID {
			return wrote(opResume, r, x.release(ctx, kept)) // it was never replaced
		}
		return outcome{state: inPlace, ruling: r}, nil
	default:
		return x.remakeSecret(ctx, place, kept, manifest, r)
	}
}

// isBack says whether a Secret is the one that was held, made again.
func isBack(place *unstructured.Unstructured, kept *held) bool {
	return isImmutable(place) && maps.Equal(dataOf(place), kept.values())
}

// isSubstitute says whether an empty Secret stands in the place of the held one.
// It may say so by itself, because nothing is put into it: it only makes room.
func isSubstitute(place *unstructured.Unstructured, kept *held) bool {
	named := place.GetAnnotations()[v1alpha1.HeldInAnnotation] == kept.object.GetName()
	return len(dataOf(place)) == 0 && (place.GetUID() == kept.origin.Place || kept.origin.Place == "" && named)
}

func (x *executor) replaceSecret(ctx context.Context, v view, place *unstructured.Unstructured, kept *held, manifest *unstructured.Unstructured, r ruling) (outcome, error) {
	of := kept.origin
	switch {
	case of.Returning:
		of.Returning, of.Place = false, ""
		return wrote(opSuspend, r, x.amend(ctx, kept, of, nil))
	case place != nil && place.GetUID() == of.UID && !v.allowed(r.policies):
		return outcome{state: pending, ruling: r, blocked: true}, nil
	case place != nil && place.GetUID() == of.UID:
		return wrote(opSuspend, r, x.remove(ctx, place))
	case place == nil && of.Place == "":
		_, err := x.resource(secretResource, of.Namespace).Create(ctx, substitute(manifest, kept, r), metav1.CreateOptions{FieldManager: FieldOwner})
		if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
			return outcome{state: inPlace, ruling: r, wrote: true, refused: true, operation: opSuspend, after: retryRefused}, nil
		}
		return wrote(opSuspend, r, err)
	case place != nil && of.Place == "" && isSubstitute(place, kept):
		of.Place = place.GetUID()
		return wrote(opSuspend, r, x.amend(ctx, kept, of, nil))
	default:
		return outcome{state: inPlace, ruling: r}, nil
	}
}

// substitute is the empty Secret that stands in a place. It is no API key, or
// admission would refuse it.
func substitute(manifest *unstructured.Unstructured, kept *held, r ruling) *unstructured.Unstructured {
	labels := manifest.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	delete(labels, v1alpha1.APIKeyLabel)
	labels[v1alpha1.SuspendedLabel] = marked
	annotations := manifest.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	delete(annotations, corev1.LastAppliedConfigAnnotation)
	annotations[v1alpha1.HeldInAnnotation] = kept.object.GetName()
	annotations[v1alpha1.SuspendedByAnnotation] = strings.Join(r.policies, ",")
	o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Secret", "type": string(corev1.SecretTypeOpaque)}}
	o.SetNamespace(kept.origin.Namespace)
	o.SetName(kept.origin.Name)
	o.SetLabels(labels)
	o.SetAnnotations(annotations)
	o.SetOwnerReferences(manifest.GetOwnerReferences())
	return o
}

// remakeSecret is a step towards the immutable Secret as it was.
func (x *executor) remakeSecret(ctx context.Context, place *unstructured.Unstructured, kept *held, manifest *unstructured.Unstructured, r ruling) (outcome, error) {
	of := kept.origin
	switch {
	case place != nil && place.GetUID() == of.UID:
		return wrote(opResume, r, x.release(ctx, kept)) // it was never replaced
	case place != nil && !isSubstitute(place, kept):
		return outcome{state: failed, ruling: r, problem: "another Secret has its name: its data stays held in " + kept.object.GetName()}, nil
	case place != nil && !of.Returning:
		of.Returning, of.Place = true, place.GetUID()
		return wrote(opResume, r, x.amend(ctx, kept, of, nil))
	case place != nil:
		return wrote(opResume, r, x.remove(ctx, place))
	case of.Place != "" && !of.Returning:
		return outcome{state: failed, ruling: r, problem: "the Secret was deleted: its data stays held in " + kept.object.GetName()}, nil
	}
	values := map[string]any{}
	for name, value := range kept.values() {
		values[name] = value
	}
	manifest.Object["data"] = values
	_, err := x.resource(secretResource, of.Namespace).Create(ctx, manifest, metav1.CreateOptions{FieldManager: FieldOwner})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || apierrors.IsInvalid(err) {
		return outcome{state: failed, ruling: r, wrote: true, refused: true, operation: opResume, after: retryRefused,
			problem: "it is not admitted again (" + problemOf(err) + "): its data stays held in " + kept.object.GetName()}, nil
	}
	return wrote(opResume, r, err)
}
