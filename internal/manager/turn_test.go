package manager

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/webhookconfig"
)

// A second installation changes nothing as long as the first one lives, and says why;
// then it takes over by itself.
func TestASecondInstallationWaitsForItsTurn(t *testing.T) {
	const namespace, elsewhere = "domicile-system", "elsewhere"
	c := controlPlane(t, namespace)
	kubeconfig := newProxy(t, func(*http.Request) hindrance { return hindrance{} }).kubeconfig
	create := func(objects ...client.Object) {
		for _, o := range objects {
			if err := c.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
	}
	role := func(name string) client.Object { return &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}} }
	create(role("domicile"), role("other"), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: elsewhere}})
	create(installed(namespace)...)
	first := startProcess(t, namespace, kubeconfig, "--owner-cluster-role=domicile", "--leader-elect=false")
	first.waitFor(t, "the first is not ready", answers(t, first.readyz, http.StatusOK))
	leadsTo := func(want string) func(context.Context) error {
		return func(ctx context.Context) error {
			var live admissionv1.ValidatingWebhookConfiguration
			if err := c.Get(ctx, client.ObjectKey{Name: webhookconfig.Name}, &live); err != nil {
				return err
			}
			if got := live.Webhooks[0].ClientConfig.Service.Namespace; got != want {
				return errors.New("it leads to " + got)
			}
			return nil
		}
	}
	first.waitFor(t, "the first has no configuration", leadsTo(namespace))

	second := startProcess(t, elsewhere, kubeconfig, "--owner-cluster-role=other", "--leader-elect=false")
	const why = "belongs to " + namespace + "/domicile, which lives"
	second.waitFor(t, "it does not say why it is not ready", func(context.Context) error {
		if code, said := get(t, second.readyz+"/webhook"); code == http.StatusOK || !strings.Contains(said, why) {
			return errors.New(said)
		}
		return nil
	})
	if got := statusOf(t, second.healthz); got != http.StatusOK {
		t.Errorf("it would be restarted again and again: %d", got)
	}
	second.waitFor(t, "no event", func(ctx context.Context) error {
		var events eventsv1.EventList
		if err := c.List(ctx, &events, client.InNamespace(elsewhere)); err != nil {
			return err
		}
		for i := range events.Items {
			if e := &events.Items[i]; e.Reason == "AnotherInstallation" && strings.Contains(e.Note, why) {
				return nil
			}
		}
		return errors.New("none says it")
	})
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: elsewhere, Name: "domicile-webhook-cert"}, &corev1.Secret{}); !apierrors.IsNotFound(err) {
		t.Errorf("it has begun to work: %v", err)
	}

	first.terminate(t)
	first.waitEnd(t)
	if err := leadsTo(namespace)(t.Context()); err != nil {
		t.Errorf("it took over from one that is only down: %v", err)
	}
	if err := c.Delete(t.Context(), installed(namespace)[0]); err != nil {
		t.Fatal(err)
	}
	second.waitFor(t, "it does not take over", leadsTo(elsewhere))
	second.waitFor(t, "it is not ready", answers(t, second.readyz, http.StatusOK))
	second.terminate(t)
	second.waitEnd(t)
}

// installed are the Deployment and the rights of the release "domicile".
func installed(namespace string) []client.Object {
	labels := map[string]string{"app": "domicile"}
	return []client.Object{
		&appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "domicile"},
			Spec: appsv1.DeploymentSpec{
				Selector: &metav1.LabelSelector{MatchLabels: labels},
				Template: corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{Labels: labels},
					Spec: corev1.PodSpec{ServiceAccountName: "domicile", Containers: []corev1.Container{
						{Name: "manager", Image: "manager", Args: []string{"--owner-cluster-role=domicile"}},
					}},
				},
			},
		},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "domicile"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
			Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: namespace, Name: "domicile"}},
		},
	}
}
