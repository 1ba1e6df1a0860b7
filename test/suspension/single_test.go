package suspension

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/suspension"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// Secrets of built-in types cannot do without some keys.
func TestSecretsOfBuiltInTypes(t *testing.T) {
	w := theWorld(t)
	w.tenantNamespace(t, "typed", "lantern")
	var secrets []*corev1.Secret
	for name, tc := range map[string]struct {
		kind corev1.SecretType
		data map[string][]byte
	}{
		"basic":      {corev1.SecretTypeBasicAuth, map[string][]byte{"username": []byte("u"), "password": []byte("p")}},
		"basic-half": {corev1.SecretTypeBasicAuth, map[string][]byte{"password": []byte("p")}},
		"basic-none": {corev1.SecretTypeBasicAuth, map[string][]byte{"username": {}, "password": []byte("p")}},
		"ssh":        {corev1.SecretTypeSSHAuth, map[string][]byte{"ssh-privatekey": []byte("p"), "more": {0, 255}}},
		"registry":   {corev1.SecretTypeDockerConfigJson, map[string][]byte{".dockerconfigjson": []byte(`{"auths":{}}`)}},
		"old":        {corev1.SecretTypeDockercfg, map[string][]byte{".dockercfg": []byte(`{"x":{}}`)}},
		"tls":        {corev1.SecretTypeTLS, map[string][]byte{"tls.crt": []byte("c"), "tls.key": []byte("k")}},
		"taken":      {corev1.SecretTypeOpaque, map[string][]byte{"domicile.dev.manifest": []byte("a name that is ours, too")}},
	} {
		o := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "typed", Name: name, Labels: map[string]string{v1alpha1.APIKeyLabel: "true"},
				Annotations: map[string]string{corev1.LastAppliedConfigAnnotation: "{}"}},
			Type: tc.kind, Data: tc.data,
		}
		w.makes(t, o)
		secrets = append(secrets, o)
	}
	r := w.begin(t, declared("KP"), 0, false)
	r.killed(t, func(ctx context.Context) error {
		var errs []error
		for _, o := range secrets {
			want := o.DeepCopy()
			delete(want.Data, "username") // it may be empty in both
			errs = append(errs, w.isHeld(ctx, want))
		}
		return errors.Join(errs...)
	})
	r = w.begin(t, declared("SG"), 0, false)
	r.killed(t, func(ctx context.Context) error {
		var errs []error
		for _, o := range secrets {
			if _, err := w.heldOf(ctx, o); !apierrors.IsNotFound(err) {
				errs = append(errs, fmt.Errorf("%s is still held: %w", o.Name, err))
			}
			live, err := read(ctx, w, o.DeepCopy())
			if err != nil {
				return err
			}
			live.ResourceVersion, live.ManagedFields = o.ResourceVersion, o.ManagedFields
			if diff := cmp.Diff(o, live); diff != "" {
				errs = append(errs, fmt.Errorf("%s (-before +after):\n%s", o.Name, diff))
			}
		}
		return errors.Join(errs...)
	})
}

// Without the rights nothing is done, and the policy says so.
func TestSwitchedOffItSaysSo(t *testing.T) {
	w := theWorld(t)
	w.tenantNamespace(t, "untouched", "lantern")
	key := apiKey("untouched", "key", "value")
	w.makes(t, key)
	m, err := suspension.NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	s, err := suspension.New(suspension.Options{Client: w.admin, Snapshots: fixed(declared("KP")), Clock: clock.RealClock{}, Metrics: m, Namespace: ownNamespace})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Start(ctx) }()
	suite.Eventually(t, patience, "the condition to say that it is switched off", func(ctx context.Context) (bool, error) {
		p, err := read(ctx, w, policy())
		if err != nil {
			return false, err
		}
		c := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.ConditionSuspension)
		return c != nil && c.Status == metav1.ConditionFalse && c.Reason == v1alpha1.ReasonSuspensionDisabled, nil
	})
	cancel()
	if err := <-done; err != nil {
		t.Errorf("it ended with: %v", err)
	}
	if live, err := read(t.Context(), w, key.DeepCopy()); err != nil || string(live.Data["token"]) != "value" {
		t.Errorf("the key was touched: %v", err)
	}
}

// Whoever runs as a tenant's ServiceAccount runs for that tenant, too.
func TestWhatRunsAsTheTenantIsSuspended(t *testing.T) {
	w := theWorld(t)
	w.tenantNamespace(t, "borrowed", "meridian")
	labels := map[string]string{"app": "borrowed"}
	workload := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: "borrowed", Name: "workload"},
		Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To[int32](2), Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{
				ServiceAccountName: "runner", Containers: []corev1.Container{{Name: "c", Image: "i"}},
			}},
		},
	}
	w.makes(t, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
		Namespace: "borrowed", Name: "runner", Annotations: map[string]string{v1alpha1.TenantAnnotation: "lantern"},
	}}, workload)
	for _, step := range []struct {
		headquarters v1alpha1.JurisdictionCode
		want         int32
	}{{"KP", 0}, {"SG", 2}} {
		w.begin(t, declared(step.headquarters), 0, false).killed(t, func(ctx context.Context) error {
			live, err := read(ctx, w, workload.DeepCopy())
			if err == nil && *live.Spec.Replicas != step.want {
				err = fmt.Errorf("%d replicas, want %d", *live.Spec.Replicas, step.want)
			}
			return err
		})
	}
}
