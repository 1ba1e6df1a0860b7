package mirror

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-logr/logr"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/controllers/internal/owner"
	"github.com/domicile-dev/domicile/internal/mirror"
)

// These rights are in a ClusterRole of their own, which also owns what is written:
// whoever switches the mirror off removes both.
//+kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=validatingadmissionpolicies;validatingadmissionpolicybindings,resourceNames=domicile-mirror;domicile-mirror-2;domicile-mirror-3;domicile-mirror-4,verbs=get;create;update;patch;delete
//+kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=clusterroles,resourceNames=domicile-mirror,verbs=get
//+kubebuilder:rbac:groups=discovery.k8s.io,resources=endpointslices,resourceNames=kubernetes,verbs=get

// versionLabel says which version of Domicile wrote an object.
const versionLabel = "app.kubernetes.io/version"

// How somebody else changes the mirror.
const (
	edited  = "edited"
	deleted = "deleted"
)

// writer writes policies and bindings.
type writer struct {
	client  client.Client
	live    client.Reader
	owner   string
	version string
	events  events.EventRecorder
	metrics *metrics
	log     logr.Logger

	// known is what was written last, by kind and name; clean says that there is
	// nothing of an earlier, larger mirror.
	known map[string]identity
	clean bool
	// orphaned says that the owner was gone when it was last looked for.
	orphaned bool
}

// identity tells an object and its spec from others.
type identity struct {
	uid        types.UID
	generation int64
	hash       string
}

// part is one object of a mirror.
type part struct {
	object client.Object
	hash   string
}

func (p part) kind() string { return p.object.GetObjectKind().GroupVersionKind().Kind }
func (p part) key() string  { return p.kind() + "/" + p.object.GetName() }

// partsOf are the policies of a mirror, and then their bindings: a policy without a
// binding does nothing.
func partsOf(m mirror.Mirror) []part {
	var parts []part
	for i := range m.Policies {
		parts = append(parts, part{&m.Policies[i], m.Hashes[i]})
	}
	for i := range m.Bindings {
		parts = append(parts, part{&m.Bindings[i], ""})
	}
	return parts
}

// stale says whether a mirror is another one than was written.
func (w *writer) stale(m mirror.Mirror) bool {
	for _, p := range partsOf(m) {
		if known, ok := w.known[p.key()]; !ok || known.hash != p.hash {
			return true
		}
	}
	return len(w.known) != len(m.Policies)+len(m.Bindings)
}

// writeAll writes what is not as it should be; false if nothing had to be written.
func (w *writer) writeAll(ctx context.Context, m mirror.Mirror) (wrote bool, err error) {
	owners, err := owner.References(ctx, w.live, w.owner)
	if errors.Is(err, owner.ErrGone) {
		if !w.orphaned {
			w.log.Info("The owner of the mirror is gone: leaving the mirror alone", "clusterRole", w.owner)
		}
		w.orphaned = true
		return false, nil
	} else if err != nil {
		return false, err
	}
	w.orphaned = false
	for _, p := range partsOf(m) {
		change, by, needed, err := w.differs(ctx, p, owners)
		if err != nil {
			return wrote, err
		}
		if !needed {
			continue
		}
		if err := w.apply(ctx, p, owners); err != nil {
			return wrote, err
		}
		wrote = true
		if change != "" {
			w.alert(p, change, by)
		}
	}
	gone, err := w.remove(ctx, m)
	return wrote || gone, err
}

// differs says whether an object has to be written, and how somebody else changed it, by
// which field manager.
func (w *writer) differs(ctx context.Context, p part, owners []metav1.OwnerReference) (change, by string, needed bool, err error) {
	known, written := w.known[p.key()]
	live := &metav1.PartialObjectMetadata{}
	live.SetGroupVersionKind(p.object.GetObjectKind().GroupVersionKind())
	if err := w.live.Get(ctx, client.ObjectKeyFromObject(p.object), live); client.IgnoreNotFound(err) != nil {
		return "", "", false, fmt.Errorf("read %s: %w", p.key(), err)
	}
	by = owner.ChangedBy(live.ManagedFields, string(apply.Owner))
	switch {
	case !written:
		return "", by, true, nil
	case live.UID == "":
		return deleted, by, true, nil
	case live.UID != known.uid, live.Generation != known.generation,
		live.Labels[versionLabel] != w.version, !owner.Owns(live.OwnerReferences, owners):
		return edited, by, true, nil
	default:
		return "", by, known.hash != p.hash, nil
	}
}

// apply writes one object. Server-side apply keeps what others own, and lists of ours
// may have grown entries of theirs that let requests past: what is still not as wanted is
// replaced.
func (w *writer) apply(ctx context.Context, p part, owners []metav1.OwnerReference) error {
	want, ok := p.object.DeepCopyObject().(client.Object)
	if !ok {
		return fmt.Errorf("%T is no object", p.object)
	}
	want.SetOwnerReferences(owners)
	want.SetLabels(map[string]string{"app.kubernetes.io/name": "domicile", "app.kubernetes.io/managed-by": "domicile", versionLabel: w.version})
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(want)
	if err != nil {
		return fmt.Errorf("render %s: %w", p.key(), err)
	}
	unstructured.RemoveNestedField(content, "status")
	applied := &unstructured.Unstructured{Object: content}
	if err := w.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(applied), client.ForceOwnership, apply.Owner); err != nil {
		return fmt.Errorf("apply %s: %w", p.key(), err)
	}
	same, err := sameSpec(applied, p.object)
	if err != nil {
		return fmt.Errorf("read %s: %w", p.key(), err)
	}
	if !same {
		want.SetResourceVersion(applied.GetResourceVersion())
		if err := w.client.Update(ctx, want, apply.Owner); err != nil {
			return fmt.Errorf("replace %s: %w", p.key(), err)
		}
		applied.SetUID(want.GetUID())
		applied.SetGeneration(want.GetGeneration())
	}
	w.known[p.key()] = identity{applied.GetUID(), applied.GetGeneration(), p.hash}
	return nil
}

// sameSpec compares the spec of an object with that of a policy or a binding.
func sameSpec(got *unstructured.Unstructured, want client.Object) (bool, error) {
	switch want := want.(type) {
	case *admissionv1.ValidatingAdmissionPolicy:
		var policy admissionv1.ValidatingAdmissionPolicy
		err := runtime.DefaultUnstructuredConverter.FromUnstructured(got.Object, &policy)
		return equality.Semantic.DeepEqual(policy.Spec, want.Spec), err
	case *admissionv1.ValidatingAdmissionPolicyBinding:
		var binding admissionv1.ValidatingAdmissionPolicyBinding
		err := runtime.DefaultUnstructuredConverter.FromUnstructured(got.Object, &binding)
		return equality.Semantic.DeepEqual(binding.Spec, want.Spec), err
	default:
		return false, fmt.Errorf("%T is no part of a mirror", want)
	}
}

// remove deletes what is left of a larger mirror, bindings first.
func (w *writer) remove(ctx context.Context, m mirror.Mirror) (removed bool, err error) {
	if w.clean && len(w.known) == len(m.Policies)+len(m.Bindings) {
		return false, nil
	}
	for _, name := range mirror.Names()[len(m.Policies):] {
		for _, o := range []client.Object{
			&admissionv1.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: name}},
			&admissionv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}},
		} {
			if err := w.client.Delete(ctx, o); client.IgnoreNotFound(err) != nil {
				return removed, fmt.Errorf("delete %s: %w", name, err)
			} else if err == nil {
				removed = true
			}
		}
		delete(w.known, "ValidatingAdmissionPolicy/"+name)
		delete(w.known, "ValidatingAdmissionPolicyBinding/"+name)
	}
	w.clean = true
	return removed, nil
}

func (w *writer) alert(p part, change, by string) {
	w.log.Info("Somebody changed the mirror: put it back", "change", change, "fieldManager", by, "kind", p.kind(), "object", p.object.GetName())
	w.metrics.restored.WithLabelValues(change).Inc()
	w.events.Eventf(p.object, nil, corev1.EventTypeWarning, "MirrorRestored", "Restore", "The mirror was %s by %s. It has been put back.", change, by)
}
