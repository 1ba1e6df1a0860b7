package suspension

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// refused says whether an eviction of the run has been refused.
func (r *run) refused(t *testing.T) bool {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "result" && l.GetValue() == "Refused" && m.GetCounter().GetValue() > 0 {
					return true
				}
			}
		}
	}
	return false
}

// metric is the value of a gauge of the run, with the value of its one label.
func (r *run) metric(t *testing.T, name, label string) float64 {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && (len(m.GetLabel()) == 0 || m.GetLabel()[0].GetValue() == label) {
				return m.GetGauge().GetValue()
			}
		}
	}
	return 0
}

// heldOf finds what is held of an object.
func (w *world) heldOf(ctx context.Context, o client.Object) (*corev1.Secret, error) {
	return read(ctx, w, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: "domicile-held-" + string(o.GetUID())}})
}

func (w *world) makes(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, o := range objects {
		if err := w.admin.Create(t.Context(), o); err != nil && (!apierrors.IsAlreadyExists(err) || o.GetNamespace() != "") {
			t.Fatalf("%T %s: %v", o, o.GetName(), err)
		}
		if o.GetNamespace() != "" {
			t.Cleanup(func() {
				if err := client.IgnoreNotFound(w.admin.Delete(context.Background(), o)); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// tenantNamespace makes a namespace of the tenant and waits until Pods can be
// made in it.
func (w *world) tenantNamespace(t *testing.T, name, tenant string) {
	t.Helper()
	w.makes(t, policy(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ownNamespace}},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{v1alpha1.TenantAnnotation: tenant}}})
	suite.Eventually(t, patience, "the ServiceAccount", func(ctx context.Context) (bool, error) {
		_, err := read(ctx, w, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: "default"}})
		return err == nil, err
	})
}

func apiKey(namespace, name, value string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{v1alpha1.APIKeyLabel: "true"}},
		Data:       map[string][]byte{"token": []byte(value)},
	}
}

// Whoever may write annotations in one namespace gets nothing out of another.
func TestForgedMarksLeadNowhere(t *testing.T) {
	w := theWorld(t)
	w.tenantNamespace(t, "victim", "lantern")
	w.tenantNamespace(t, "thief", "meridian")
	key := apiKey("victim", "key", "of the victim")
	w.makes(t, key)
	r := w.begin(t, declared("KP"), 0, false)
	r.killed(t, func(ctx context.Context) error { return w.isHeld(ctx, key) })
	held, err := w.heldOf(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}

	forged := apiKey("thief", "key", "of the thief")
	forged.Labels[v1alpha1.SuspendedLabel] = "true"
	forged.Annotations = map[string]string{
		v1alpha1.HeldInAnnotation: held.Name, v1alpha1.SuspendedByAnnotation: "no-kp",
		"domicile.dev/origin": held.Annotations["domicile.dev/origin"],
	}
	empty := forged.DeepCopy()
	empty.Name, empty.Data = "empty", nil
	w.makes(t, forged, empty)
	// The victim's marks are taken away, too: the way back does not need them.
	victim, err := read(t.Context(), w, key.DeepCopy())
	if err != nil {
		t.Fatal(err)
	}
	victim.Annotations, victim.Labels = nil, map[string]string{v1alpha1.APIKeyLabel: "true"}
	if err := w.admin.Update(t.Context(), victim); err != nil {
		t.Fatal(err)
	}

	r = w.begin(t, declared("SG"), 0, false)
	r.killed(t, func(ctx context.Context) error {
		back, err := read(ctx, w, key.DeepCopy())
		if err != nil || string(back.Data["token"]) != "of the victim" {
			return fmt.Errorf("not back: %w", err)
		}
		if _, err := w.heldOf(ctx, key); !apierrors.IsNotFound(err) {
			return fmt.Errorf("still held: %w", err)
		}
		return nil
	})
	for _, o := range []*corev1.Secret{forged, empty} {
		got, err := read(t.Context(), w, o.DeepCopy())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o.Data, got.Data); diff != "" {
			t.Errorf("%s of the thief was changed:\n%s", o.Name, diff)
		}
	}
}

// What its user deletes meanwhile is not brought back, and what is held of it is
// not thrown away.
func TestWhatIsDeletedMeanwhileStaysHeld(t *testing.T) {
	w := theWorld(t)
	w.tenantNamespace(t, "careless", "lantern")
	key, frozen, pod := apiKey("careless", "key", "one"), apiKey("careless", "frozen", "two"), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "careless", Name: "alone"}, Spec: template("alone").Spec,
	}
	frozen.Immutable = ptr.To(true)
	w.makes(t, key, frozen, pod)
	r := w.begin(t, declared("KP"), 0, false)
	r.killed(t, func(ctx context.Context) error {
		var errs []error
		if _, err := read(ctx, w, pod.DeepCopy()); !apierrors.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("the Pod runs: %w", err))
		}
		if r.metric(t, "domicile_suspension_objects", "Pending") > 0 {
			errs = append(errs, errors.New("something is pending"))
		}
		return errors.Join(append(errs, w.isHeld(ctx, key), w.isHeld(ctx, frozen))...)
	})
	for _, o := range []client.Object{key.DeepCopy(), frozen.DeepCopy()} {
		if err := w.admin.Delete(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: o.GetNamespace(), Name: o.GetName()}}); err != nil {
			t.Fatal(err)
		}
	}
	another := apiKey("careless", "key", "three")
	taken := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "careless", Name: "alone", Labels: map[string]string{"is": "another"}}, Spec: template("x").Spec}
	w.makes(t, another, taken)

	r = w.begin(t, declared("SG"), 0, false)
	r.killed(t, func(context.Context) error {
		if n := r.metric(t, "domicile_suspension_objects", "Failed"); n < 3 {
			return fmt.Errorf("%g objects failed, want the three that stay held", n)
		}
		return nil
	})
	for _, o := range []client.Object{key, frozen, pod} {
		held, err := w.heldOf(t.Context(), o)
		if err != nil {
			t.Errorf("%s is not held any more: %v", o.GetName(), err)
			continue
		}
		t.Cleanup(func() { w.admin.Delete(context.Background(), held) }) //nolint:errcheck // the cluster ends soon
	}
	if got, err := read(t.Context(), w, another.DeepCopy()); err != nil || string(got.Data["token"]) != "three" {
		t.Errorf("the new Secret was changed: %v", err)
	}
	if got, err := read(t.Context(), w, taken.DeepCopy()); err != nil || got.Labels["is"] != "another" {
		t.Errorf("the new Pod was changed: %v", err)
	}
	if _, err := read(t.Context(), w, frozen.DeepCopy()); !apierrors.IsNotFound(err) {
		t.Errorf("a Secret that its user deleted is back: %v", err)
	}
}

// A PodDisruptionBudget is waited for.
func TestABudgetIsRespected(t *testing.T) {
	w := theWorld(t)
	w.tenantNamespace(t, "careful", "lantern")
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "careful", Name: "alone", Labels: map[string]string{"app": "alone"}}, Spec: template("alone").Spec}
	budget := &policyv1.PodDisruptionBudget{
		ObjectMeta: metav1.ObjectMeta{Namespace: "careful", Name: "alone"},
		Spec: policyv1.PodDisruptionBudgetSpec{
			MinAvailable: ptr.To(intstr.FromInt32(1)), Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "alone"}},
		},
	}
	w.makes(t, budget, pod)
	suite.Eventually(t, patience, "the Pod to run and the budget to know it", func(ctx context.Context) (bool, error) {
		live, err := read(ctx, w, pod.DeepCopy())
		if err != nil || live.Status.Phase != corev1.PodRunning {
			return false, err
		}
		b, err := read(ctx, w, budget.DeepCopy())
		return err == nil && b.Status.CurrentHealthy == 1, err
	})
	r := w.begin(t, declared("KP"), 0, false)
	suite.Eventually(t, patience, "the eviction to be refused", func(context.Context) (bool, error) { return r.refused(t), nil })
	if got := r.metric(t, "domicile_suspension_objects", "Suspended"); got != 0 {
		t.Errorf("%v objects are told to be suspended", got)
	}
	if _, err := w.heldOf(t.Context(), pod); err != nil {
		t.Errorf("its manifest is not held before it is evicted: %v", err)
	}
	if live, err := read(t.Context(), w, pod.DeepCopy()); err != nil || live.DeletionTimestamp != nil {
		t.Errorf("the Pod is gone although its budget forbids that: %v", err)
	}
	none := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"minAvailable":0}}`))
	if err := w.admin.Patch(t.Context(), budget.DeepCopy(), none); err != nil {
		t.Fatal(err)
	}
	r.killed(t, func(ctx context.Context) error {
		if _, err := read(ctx, w, pod.DeepCopy()); !apierrors.IsNotFound(err) {
			return fmt.Errorf("the Pod runs: %w", err)
		}
		return nil
	})
	r = w.begin(t, declared("SG"), 0, false)
	r.killed(t, func(ctx context.Context) error {
		_, err := read(ctx, w, pod.DeepCopy())
		return err
	})
}
