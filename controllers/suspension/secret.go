package suspension

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
)

// secret is a step with an API-key Secret: its data moves to a held Secret, and
// back.
func (x *executor) secret(ctx context.Context, v view, k key) (outcome, error) {
	place, err := x.read(ctx, k.resource, k.namespace, k.name)
	if err != nil {
		return outcome{state: pending}, err
	}
	kept, err := x.readHeld(ctx, k.uid)
	if err != nil {
		return outcome{state: pending}, err
	}
	same := place != nil && place.GetUID() == k.uid
	if kept == nil && (!same || place.GetDeletionTimestamp() != nil) {
		return outcome{}, nil
	}
	if kept != nil && kept.origin.Immutable {
		return x.frozenSecret(ctx, v, place, kept)
	}
	if !same {
		return outcome{state: failed, ruling: ruling{tenant: kept.origin.Tenant, policies: kept.origin.Policies},
			problem: "the Secret was deleted: its data stays held in " + kept.object.GetName()}, nil
	}
	r, err := x.decide(ctx, v, k.resource, asItWas(place, kept))
	switch {
	case err != nil:
		return outcome{state: pending}, err
	case r.want == suspended:
		return x.holdSecret(ctx, v, place, kept, r)
	case kept == nil:
		return outcome{}, nil
	case isRestored(place, kept):
		return wrote(opResume, r, x.release(ctx, kept))
	case r.want == keep:
		return outcome{state: inPlace, ruling: r}, nil
	default:
		return x.resumeSecret(ctx, place, kept, r)
	}
}

// asItWas is the Secret with the names in its data that it would have if nothing
// was held, to decide about: without them a Secret that is an API key by the name
// of its key would cease to be one. The values are left out.
func asItWas(place *unstructured.Unstructured, kept *held) *unstructured.Unstructured {
	names := map[string]any{}
	for name := range dataOf(place) {
		names[name] = ""
	}
	if kept != nil {
		for name := range kept.values() {
			names[name] = ""
		}
	}
	o := &unstructured.Unstructured{Object: maps.Clone(place.Object)}
	o.Object["data"] = names
	o.Object["metadata"] = place.DeepCopy().Object["metadata"]
	return o
}

// ownValues are the values that are the user's and not placeholders of ours.
func ownValues(place *unstructured.Unstructured) map[string]string {
	values := dataOf(place)
	for name, placeholder := range kinds.Placeholders(typeOf(place)) {
		if values[name] == placeholder {
			delete(values, name)
		}
	}
	return values
}

func typeOf(o *unstructured.Unstructured) string {
	t, _, err := unstructured.NestedString(o.Object, "type")
	if err != nil {
		return ""
	}
	return t
}

func isImmutable(o *unstructured.Unstructured) bool {
	v, _, err := unstructured.NestedBool(o.Object, "immutable")
	return err == nil && v
}

// holdSecret is a step towards an empty Secret: hold the data, then take it away.
func (x *executor) holdSecret(ctx context.Context, v view, place *unstructured.Unstructured, kept *held, r ruling) (outcome, error) {
	own := ownValues(place)
	applied := place.GetAnnotations()[corev1.LastAppliedConfigAnnotation] != ""
	switch {
	case len(own) == 0 && !applied && kept != nil:
		return outcome{state: inPlace, ruling: r}, nil
	case len(own) == 0 && kept == nil:
		return outcome{}, nil // it holds nothing
	case !v.allowed(r.policies):
		return outcome{state: pending, ruling: r, blocked: true}, nil
	case kept == nil:
		of := origin{Kind: "Secret", Namespace: place.GetNamespace(), Name: place.GetName(), UID: place.GetUID(),
			Tenant: r.tenant, Policies: r.policies, Immutable: isImmutable(place)}
		var manifest *unstructured.Unstructured
		if of.Immutable || applied {
			manifest = withoutServerFields(place)
			unstructured.RemoveNestedField(manifest.Object, "data")
		}
		return wrote(opSuspend, r, x.hold(ctx, of, manifest, dataOf(place)))
	case kept.origin.Manifest != "" && own[kept.origin.Manifest] != "":
		return outcome{state: failed, ruling: r, problem: "the name of a key of it is taken in what is held"}, nil
	case !includes(kept.values(), own):
		return wrote(opSuspend, r, x.amend(ctx, kept, kept.origin, own))
	}
	data, err := x.emptying(place, kept, r)
	if err != nil {
		return outcome{state: pending, ruling: r}, err
	}
	return wrote(opSuspend, r, x.patch(ctx, secretResource, place, data))
}

// emptying is the patch that takes the data away and says where it is. kubectl's
// copy of the data goes too.
func (x *executor) emptying(place *unstructured.Unstructured, kept *held, r ruling) ([]byte, error) {
	data := map[string]any{}
	for name := range dataOf(place) {
		data[name] = nil
	}
	for name, value := range kinds.Placeholders(typeOf(place)) {
		data[name] = value
	}
	return secretPatch(place, data, map[string]any{
		v1alpha1.HeldInAnnotation:          kept.object.GetName(),
		v1alpha1.SuspendedByAnnotation:     strings.Join(r.policies, ","),
		corev1.LastAppliedConfigAnnotation: nil,
	}, marked)
}

// missingValues are those that are held and not in their place. What its user has
// written there meanwhile is newer and stays.
func missingValues(place *unstructured.Unstructured, kept *held) map[string]any {
	missing := map[string]any{}
	have, own := dataOf(place), ownValues(place)
	for name, value := range kept.values() {
		if _, ok := own[name]; !ok && have[name] != value {
			missing[name] = value
		}
	}
	return missing
}

// isRestored says whether all that is held is in its place: it was put back, or
// never taken away.
func isRestored(place *unstructured.Unstructured, kept *held) bool {
	return len(missingValues(place, kept)) == 0 && place.GetAnnotations()[v1alpha1.HeldInAnnotation] != kept.object.GetName()
}

// resumeSecret puts the data back. What is held is let go when that is done.
func (x *executor) resumeSecret(ctx context.Context, place *unstructured.Unstructured, kept *held, r ruling) (outcome, error) {
	annotations := place.GetAnnotations()
	missing := missingValues(place, kept)
	have := dataOf(place)
	for name, placeholder := range kinds.Placeholders(typeOf(place)) {
		// A placeholder of a key that it did not have: basic-auth needs one of two.
		if _, had := kept.data[name]; !had && have[name] == placeholder {
			missing[name] = nil
		}
	}
	back := map[string]any{v1alpha1.HeldInAnnotation: nil, v1alpha1.SuspendedByAnnotation: nil}
	if manifest, err := kept.manifest(); err == nil {
		if text, ok := manifest.GetAnnotations()[corev1.LastAppliedConfigAnnotation]; ok && annotations[corev1.LastAppliedConfigAnnotation] == "" {
			back[corev1.LastAppliedConfigAnnotation] = text
		}
	}
	data, err := secretPatch(place, missing, back, nil)
	if err != nil {
		return outcome{state: pending, ruling: r}, err
	}
	return wrote(opResume, r, x.patch(ctx, secretResource, place, data))
}

func secretPatch(place *unstructured.Unstructured, data, annotations map[string]any, label any) ([]byte, error) {
	patch := map[string]any{"metadata": map[string]any{
		"uid": string(place.GetUID()), "resourceVersion": place.GetResourceVersion(),
		"labels": map[string]any{v1alpha1.SuspendedLabel: label}, "annotations": annotations,
	}}
	if len(data) > 0 {
		patch["data"] = data
	}
	text, err := json.Marshal(patch)
	if err != nil {
		return nil, errors.New("the change of a Secret cannot be encoded")
	}
	return text, nil
}

// includes says whether all values of b are in a.
func includes(a, b map[string]string) bool {
	for name, value := range b {
		if have, ok := a[name]; !ok || have != value {
			return false
		}
	}
	return true
}
