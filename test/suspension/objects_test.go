package suspension

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

func policy() *v1alpha1.TenantPolicy {
	return &v1alpha1.TenantPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "no-kp"},
		Spec: v1alpha1.TenantPolicySpec{
			Jurisdictions: v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"KP"}},
			Match:         &v1alpha1.Match{APIKeys: []string{"LANTERN_API_KEY"}},
			Enforcement:   v1alpha1.Enforcement{Existing: v1alpha1.ExistingSuspend},
		},
	}
}

func template(app string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": app}},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: ptr.To(int64(0)),
			Containers:                    []corev1.Container{{Name: "main", Image: "registry.example/main"}},
		},
	}
}

// everything is one of each kind, of a tenant's namespace.
func everything(namespace string) []client.Object {
	at := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: namespace, Name: name} }
	selector := func(app string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
	}
	pod := template("alone")
	pod.ObjectMeta = at("alone")
	pod.Labels, pod.Annotations = map[string]string{"app": "alone"}, map[string]string{"note": "mine"}
	job := template("job")
	job.Spec.RestartPolicy = corev1.RestartPolicyNever
	job.Spec.NodeSelector = map[string]string{"waits": "forever"} // simulated nodes end what Jobs run
	key := at("key")
	key.Labels = map[string]string{v1alpha1.APIKeyLabel: "true", "team": "blue"}
	key.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: `{"data":{"token":"c2VjcmV0"}}`, "note": "mine"}
	frozen := at("frozen")
	frozen.Annotations = map[string]string{"note": "mine"}
	return []client.Object{
		&appsv1.Deployment{ObjectMeta: at("server"), Spec: appsv1.DeploymentSpec{Replicas: ptr.To(int32(2)), Selector: selector("server"), Template: template("server")}},
		&autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: at("server"), Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "server"},
			MinReplicas:    ptr.To(hpaMinimum), MaxReplicas: 5,
			Metrics: []autoscalingv2.MetricSpec{{Type: autoscalingv2.ExternalMetricSourceType, External: &autoscalingv2.ExternalMetricSource{
				Metric: autoscalingv2.MetricIdentifier{Name: "queue"},
				Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: quantity("1")},
			}}},
		}},
		&appsv1.DaemonSet{ObjectMeta: at("agent"), Spec: appsv1.DaemonSetSpec{Selector: selector("agent"), Template: template("agent")}},
		&batchv1.Job{ObjectMeta: at("train"), Spec: batchv1.JobSpec{Template: job}},
		&batchv1.CronJob{ObjectMeta: at("nightly"), Spec: batchv1.CronJobSpec{Schedule: "0 0 1 1 *", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: job}}}},
		&corev1.Pod{ObjectMeta: pod.ObjectMeta, Spec: pod.Spec},
		&policyv1.PodDisruptionBudget{ObjectMeta: at("alone"), Spec: policyv1.PodDisruptionBudgetSpec{Selector: selector("alone"), MinAvailable: ptr.To(intstr.FromInt32(0))}},
		&corev1.Secret{ObjectMeta: key, Data: map[string][]byte{"token": []byte("secret"), "binary": {0, 1, 2, 255}}},
		&corev1.Secret{ObjectMeta: at("named"), Data: map[string][]byte{"LANTERN_API_KEY": []byte("k-123")}},
		&corev1.Secret{ObjectMeta: at("tls"), Type: corev1.SecretTypeTLS, Data: map[string][]byte{"tls.crt": []byte("crt"), "tls.key": []byte("key"), "LANTERN_API_KEY": []byte("x")}},
		&corev1.Secret{ObjectMeta: frozen, Type: v1alpha1.APIKeySecretType, Immutable: ptr.To(true), Data: map[string][]byte{"token": []byte("frozen")}},
	}
}

// create makes a tenant's namespace with everything in it, and waits until it runs.
func (w *world) create(t *testing.T, namespace string) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace, Annotations: map[string]string{v1alpha1.TenantAnnotation: "lantern"}}}
	own := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ownNamespace}}
	for _, o := range []client.Object{ns, own, policy()} {
		if err := w.admin.Create(t.Context(), o); err != nil && !apierrors.IsAlreadyExists(err) {
			t.Fatal(err)
		}
	}
	suite.Eventually(t, patience, "the ServiceAccount", func(ctx context.Context) (bool, error) {
		_, err := read(ctx, w, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "default"}})
		return err == nil, err
	})
	for _, o := range everything(namespace) {
		if err := w.admin.Create(t.Context(), o); err != nil {
			t.Fatalf("%T %s: %v", o, o.GetName(), err)
		}
	}
	suite.Eventually(t, patience, "everything to run", func(ctx context.Context) (bool, error) {
		err := w.runs(ctx, namespace)
		return err == nil, err
	})
}

// apps counts the Pods that have not ended, by app.
func (w *world) apps(ctx context.Context, namespace string) (map[string]int, error) {
	var pods corev1.PodList
	if err := w.admin.List(ctx, &pods, client.InNamespace(namespace)); err != nil {
		return nil, err
	}
	apps := map[string]int{}
	for i := range pods.Items {
		apps[pods.Items[i].Labels["app"]]++
	}
	return apps, nil
}

func (w *world) runs(ctx context.Context, namespace string) error {
	got, err := w.apps(ctx, namespace)
	if err != nil {
		return err
	}
	if want := map[string]int{"server": 2, "agent": 1, "job": 1, "alone": 1}; !cmp.Equal(got, want) {
		return fmt.Errorf("pods: %v, want %v", got, want)
	}
	return nil
}

// state is everything as it stands: specs, labels, annotations and data.
func (w *world) state(ctx context.Context, namespace string) (map[string]string, error) {
	state := map[string]string{}
	for _, o := range everything(namespace) {
		name := fmt.Sprintf("%T/%s", o, o.GetName())
		live, err := read(ctx, w, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if pod, ok := live.(*corev1.Pod); ok {
			pod.Spec.NodeName = ""
		}
		text, err := json.Marshal(live)
		if err != nil {
			return nil, err
		}
		var content map[string]any
		if err := json.Unmarshal(text, &content); err != nil {
			return nil, err
		}
		delete(content, "status")
		metadata, _ := content["metadata"].(map[string]any)
		for _, field := range []string{"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"} {
			delete(metadata, field)
		}
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			delete(annotations, "deprecated.daemonset.template.generation")
			delete(annotations, "deployment.kubernetes.io/revision")
		}
		if text, err = json.MarshalIndent(content, "", " "); err != nil {
			return nil, err
		}
		state[name] = string(text)
	}
	return state, nil
}

// isSuspended says what still runs, or what is not where it should be.
func (w *world) isSuspended(ctx context.Context, namespace string) error {
	apps, err := w.apps(ctx, namespace)
	if err != nil {
		return err
	}
	var errs []error
	if len(apps) > 0 {
		errs = append(errs, fmt.Errorf("pods that run: %v", apps))
	}
	for _, o := range everything(namespace) {
		switch o := o.(type) {
		case *corev1.Secret:
			errs = append(errs, w.isHeld(ctx, o))
		case *appsv1.Deployment, *appsv1.DaemonSet, *batchv1.Job, *batchv1.CronJob:
			live, err := read(ctx, w, o)
			if err != nil || live.GetLabels()[v1alpha1.SuspendedLabel] != "true" || live.GetAnnotations()[v1alpha1.SuspendedByAnnotation] != "no-kp" {
				errs = append(errs, fmt.Errorf("%T %s does not say that it is suspended: %w", o, o.GetName(), err))
			}
		}
	}
	hpa, err := read(ctx, w, &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "server"}})
	if err == nil && *hpa.Spec.MinReplicas == 0 {
		err = errors.New("the autoscaler would undo it")
	}
	return errors.Join(append(errs, err)...)
}

// isHeld looks for the data of a Secret: none of it is in its place, all of it
// is in the held Secret.
func (w *world) isHeld(ctx context.Context, o *corev1.Secret) error {
	live, err := read(ctx, w, o.DeepCopy())
	if err != nil {
		return err
	}
	held, err := read(ctx, w, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: live.Annotations[v1alpha1.HeldInAnnotation]}})
	if err != nil {
		return fmt.Errorf("%s says to be held in %q: %w", o.Name, live.Annotations[v1alpha1.HeldInAnnotation], err)
	}
	for name, value := range o.Data {
		if slices.Equal(live.Data[name], value) {
			return fmt.Errorf("%s still has %s", o.Name, name)
		}
		if !slices.Equal(held.Data[name], value) {
			return fmt.Errorf("the data of %s is lost: %s", o.Name, name)
		}
	}
	if live.Annotations[corev1.LastAppliedConfigAnnotation] != "" {
		return fmt.Errorf("%s still has kubectl's copy", o.Name)
	}
	return nil
}

// isBack compares with what was.
func (w *world) isBack(ctx context.Context, namespace string, before map[string]string) error {
	if err := w.runs(ctx, namespace); err != nil {
		return err
	}
	now, err := w.state(ctx, namespace)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(before, now); diff != "" {
		return fmt.Errorf("not as it was (-before +now):\n%s", diff)
	}
	var held corev1.SecretList
	if err := w.admin.List(ctx, &held, client.InNamespace(ownNamespace), client.HasLabels{"domicile.dev/held"}); err != nil {
		return err
	}
	if len(held.Items) > 0 {
		return fmt.Errorf("%d Secrets are still held", len(held.Items))
	}
	return nil
}

// nothingIsLost says whether every value is in its place or held.
func (w *world) nothingIsLost(ctx context.Context, namespace string) error {
	var held corev1.SecretList
	if err := w.admin.List(ctx, &held, client.InNamespace(ownNamespace)); err != nil {
		return err
	}
	for _, o := range everything(namespace) {
		o, ok := o.(*corev1.Secret)
		if !ok {
			continue
		}
		live, err := read(ctx, w, o.DeepCopy())
		if client.IgnoreNotFound(err) != nil {
			return err
		}
		for name, value := range o.Data {
			has := func(s corev1.Secret) bool { return slices.Equal(s.Data[name], value) }
			if !slices.ContainsFunc(held.Items, has) && (err != nil || !has(*live)) {
				return fmt.Errorf("%s of %s is nowhere", name, o.Name)
			}
		}
	}
	return nil
}

func quantity(s string) *resource.Quantity { return ptr.To(resource.MustParse(s)) }
