package asked

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

// object reads a manifest.
func object(t *testing.T, manifest string) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	if err := yaml.UnmarshalStrict([]byte(manifest), &o.Object); err != nil {
		t.Fatalf("%v:\n%s", err, manifest)
	}
	return o
}

const pods = "{metadata: {labels: {a: b}}, spec: {restartPolicy: %s, containers: [{name: c, image: example.org/c:1}]}}"

// workloads are one object of each kind of Kubernetes that has a status, and of a custom
// one, claimed for lantern.
func workloads(t *testing.T, namespace string) map[string]*unstructured.Unstructured {
	t.Helper()
	always, never := fmt.Sprintf(pods, "Always"), fmt.Sprintf(pods, "Never")
	all := map[string]*unstructured.Unstructured{}
	for kind, spec := range map[string]string{
		"v1 Pod":                   "{containers: [{name: c, image: example.org/c:1}]}",
		"v1 ReplicationController": "{replicas: 2, selector: {a: b}, template: " + always + "}",
		"apps/v1 DaemonSet":        "{selector: {matchLabels: {a: b}}, template: " + always + "}",
		"apps/v1 Deployment":       "{replicas: 2, selector: {matchLabels: {a: b}}, template: " + always + "}",
		"apps/v1 ReplicaSet":       "{replicas: 2, selector: {matchLabels: {a: b}}, template: " + always + "}",
		"apps/v1 StatefulSet":      "{replicas: 2, serviceName: s, selector: {matchLabels: {a: b}}, template: " + always + "}",
		"batch/v1 CronJob":         "{schedule: '0 1 * * *', jobTemplate: {spec: {template: " + never + "}}}",
		"batch/v1 Job":             "{template: " + never + "}",
		"example.org/v1 Widget":    "{replicas: 2, template: " + always + "}",
	} {
		version, name, _ := strings.Cut(kind, " ")
		all[name] = object(t, fmt.Sprintf("{apiVersion: %s, kind: %s, metadata: {name: a, namespace: %s, finalizers: [example.org/kept], annotations: {domicile.dev/tenant: lantern}}, spec: %s}",
			version, name, namespace, spec))
	}
	return all
}

// keep creates objects, which have a finalizer, until the end of the test.
func keep(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, o := range objects {
		if err := server.Create(t.Context(), o); err != nil {
			t.Fatalf("%s: %v", o.GetObjectKind().GroupVersionKind().Kind, err)
		}
		t.Cleanup(func() {
			ctx := context.WithoutCancel(t.Context())
			server.Without(t, o)
			err := server.Patch(ctx, o, merge(`{"metadata":{"finalizers":null}}`))
			if client.IgnoreNotFound(err) != nil {
				t.Error(err)
			}
		})
	}
}

func merge(patch string) client.Patch {
	return client.RawPatch("application/merge-patch+json", []byte(patch))
}

// configure installs webhooks, and waits until a Pod in a namespace is refused.
func configure(t *testing.T, hooks []admissionv1.ValidatingWebhook, namespace string) {
	t.Helper()
	server.With(t, &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: webhookconfig.Name}, Webhooks: hooks})
	apiserver.Eventually(t, "the webhook is asked", func(ctx context.Context) error {
		if server.Create(ctx, pod(t, namespace, "lantern"), client.DryRunAll) == nil {
			return errors.New("a Pod is admitted")
		}
		return nil
	})
}

func pod(t *testing.T, namespace, tenant string) *unstructured.Unstructured {
	t.Helper()
	return object(t, "{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: "+namespace+", annotations: {domicile.dev/tenant: "+tenant+
		"}}, spec: {containers: [{name: c, image: example.org/c:1}]}}")
}

// dead are the webhooks of a policy, which nobody answers.
func dead(p v1alpha1.TenantPolicy) []admissionv1.ValidatingWebhook {
	hooks := rendered(p)
	for i := range hooks {
		hooks[i].ClientConfig.Service.Port = &server.Port // where nobody listens
	}
	return hooks
}

// isUnanswered says whether a request was refused because the webhook does not answer.
func isUnanswered(err error) bool {
	return apierrors.IsInternalError(err) && strings.Contains(err.Error(), "failed calling webhook")
}
