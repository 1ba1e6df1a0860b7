package suspension

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
)

// retryRefused is how long to wait before something that was refused is tried
// again.
const retryRefused = time.Minute

// pod is a step with a Pod that stands by itself. Its manifest is held before it
// is evicted, and it is created again from there. Until an instant it is left to the
// controller of what seems to have made it.
func (x *executor) pod(ctx context.Context, v view, k key, spared time.Time) (outcome, error) {
	live, err := x.read(ctx, k.resource, k.namespace, k.name)
	if err != nil {
		return outcome{state: pending}, err
	}
	kept, err := x.readHeld(ctx, k.uid)
	if err != nil {
		return outcome{state: pending}, err
	}
	same := live != nil && live.GetUID() == k.uid
	var r ruling
	switch {
	case same:
		r, err = x.decide(ctx, v, k.resource, live.DeepCopy())
	case kept == nil:
		return outcome{}, nil
	default:
		var manifest *unstructured.Unstructured
		if manifest, err = kept.manifest(); err == nil {
			r, err = x.decide(ctx, v, k.resource, manifest)
		}
	}
	if err != nil {
		return outcome{state: pending}, err
	}
	switch {
	case same && r.want == suspended && kept == nil && v.at.Before(spared) && live.GetDeletionTimestamp() == nil:
		return outcome{state: pending, ruling: r, after: soon}, nil
	case same && r.want == suspended:
		return x.suspendPod(ctx, v, live, kept, r)
	case same && kept == nil:
		return outcome{}, nil // it runs
	case same, r.want == giveBack:
		return x.resumePod(ctx, k, live, kept, r)
	default:
		return outcome{state: inPlace, ruling: r}, nil
	}
}

// suspendPod is a step with a Pod that is there.
func (x *executor) suspendPod(ctx context.Context, v view, live *unstructured.Unstructured, kept *held, r ruling) (outcome, error) {
	way, _ := wayOf(podResource.GroupResource(), live)
	switch {
	case live.GetDeletionTimestamp() != nil && kept == nil:
		return outcome{}, nil
	case live.GetDeletionTimestamp() != nil:
		return outcome{state: pending, ruling: r, after: soon}, nil
	case hasEnded(podResource.GroupResource(), live):
		if kept == nil {
			return outcome{}, nil
		}
		return wrote(opResume, r, x.release(ctx, kept))
	case way == kinds.Impossible:
		return outcome{state: failed, ruling: r, problem: "a static Pod is the kubelet's: remove its manifest from the node"}, nil
	case !v.allowed(r.policies):
		return outcome{state: pending, ruling: r, blocked: true}, nil
	case kept == nil:
		of := origin{Kind: "Pod", Namespace: live.GetNamespace(), Name: live.GetName(), UID: live.GetUID(), Tenant: r.tenant, Policies: r.policies}
		return wrote(opSuspend, r, x.hold(ctx, of, podManifest(live), nil))
	}
	err := x.evict(ctx, live)
	if apierrors.IsTooManyRequests(err) {
		return outcome{state: pending, ruling: r, wrote: true, refused: true, operation: opSuspend, after: soon,
			problem: "a PodDisruptionBudget does not allow its eviction yet"}, nil
	}
	return wrote(opSuspend, r, err)
}

func (x *executor) evict(ctx context.Context, live *unstructured.Unstructured) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&policyv1.Eviction{
		TypeMeta:      metav1.TypeMeta{APIVersion: policyv1.SchemeGroupVersion.String(), Kind: "Eviction"},
		ObjectMeta:    metav1.ObjectMeta{Namespace: live.GetNamespace(), Name: live.GetName()},
		DeleteOptions: &metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: ptr.To(live.GetUID())}},
	})
	if err != nil {
		return errors.New("the eviction cannot be encoded")
	}
	_, err = x.resource(podResource, live.GetNamespace()).Create(ctx, &unstructured.Unstructured{Object: content},
		metav1.CreateOptions{FieldManager: FieldOwner}, "eviction")
	return err
}

// resumePod is a step towards a Pod as it was. What was created says in an
// annotation from what, until that is recorded where no tenant writes.
func (x *executor) resumePod(ctx context.Context, k key, live *unstructured.Unstructured, kept *held, r ruling) (outcome, error) {
	of := kept.origin
	from := ""
	if live != nil {
		from = live.GetAnnotations()[v1alpha1.HeldInAnnotation]
	}
	switch {
	case live == nil && of.Place != "":
		return wrote(opResume, r, x.release(ctx, kept)) // it was back, and its user has deleted it since
	case live == nil:
		return x.createPod(ctx, kept, r)
	case live.GetDeletionTimestamp() != nil:
		return outcome{state: pending, ruling: r, after: soon}, nil
	case live.GetUID() == k.uid:
		return wrote(opResume, r, x.release(ctx, kept)) // it was never evicted
	case live.GetUID() == of.Place && from == kept.object.GetName():
		patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
			"uid": string(live.GetUID()), "annotations": map[string]any{v1alpha1.HeldInAnnotation: nil},
		}})
		if err != nil {
			return outcome{state: pending, ruling: r}, errors.New("the patch cannot be encoded")
		}
		return wrote(opResume, r, x.patch(ctx, podResource, live, patch))
	case live.GetUID() == of.Place:
		return wrote(opResume, r, x.release(ctx, kept))
	case from == kept.object.GetName():
		of.Place = live.GetUID()
		return wrote(opResume, r, x.amend(ctx, kept, of, nil))
	}
	manifest, err := kept.manifest()
	if err == nil && metav1.GetControllerOf(manifest) != nil && metav1.GetControllerOf(live) != nil &&
		metav1.GetControllerOf(manifest).UID == metav1.GetControllerOf(live).UID {
		return wrote(opResume, r, x.release(ctx, kept)) // its controller has made it again
	}
	return outcome{state: failed, ruling: r, problem: "another Pod has its name: it stays held"}, nil
}

func (x *executor) createPod(ctx context.Context, kept *held, r ruling) (outcome, error) {
	manifest, err := kept.manifest()
	if err != nil {
		return outcome{state: failed, ruling: r, problem: err.Error()}, nil //nolint:nilerr // it is told
	}
	annotations := manifest.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[v1alpha1.HeldInAnnotation] = kept.object.GetName()
	manifest.SetAnnotations(annotations)
	_, err = x.resource(podResource, kept.origin.Namespace).Create(ctx, manifest, metav1.CreateOptions{FieldManager: FieldOwner})
	switch {
	case apierrors.IsNotFound(err):
		return outcome{state: failed, ruling: r, wrote: true, refused: true, operation: opResume, after: retryRefused,
			problem: "its namespace is gone: it stays held"}, nil
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err), apierrors.IsBadRequest(err):
		return outcome{state: failed, ruling: r, wrote: true, refused: true, operation: opResume, after: retryRefused,
			problem: "it is not admitted again (" + problemOf(err) + "): it stays held"}, nil
	}
	return wrote(opResume, r, err)
}

// podManifest is a Pod as it can be created again: without what the API server
// and admission fill in, and without the node.
func podManifest(live *unstructured.Unstructured) *unstructured.Unstructured {
	o := withoutServerFields(live)
	unstructured.RemoveNestedField(o.Object, "status")
	// Ephemeral containers cannot be created, and the priority is that of the
	// class, the overhead that of the runtime class.
	for _, name := range []string{"nodeName", "ephemeralContainers", "priority", "preemptionPolicy", "overhead"} {
		unstructured.RemoveNestedField(o.Object, "spec", name)
	}
	return o
}

func withoutServerFields(live *unstructured.Unstructured) *unstructured.Unstructured {
	o := live.DeepCopy()
	for _, name := range []string{
		"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
		"deletionTimestamp", "deletionGracePeriodSeconds",
	} {
		unstructured.RemoveNestedField(o.Object, "metadata", name)
	}
	return o
}
