package webhookconfig

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// other is an installation beside the one that is tested.
var other = Installation{Namespace: "elsewhere", Name: "other-domicile"}

// deployment is the manager of other.
func deployment(change func(*appsv1.Deployment)) *appsv1.Deployment {
	labels := map[string]string{"app": "other"}
	d := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: other.Namespace, Name: other.Name},
		Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To[int32](0), // it is whose the cluster is all the same
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{ServiceAccountName: "manager", Containers: []corev1.Container{
					{Name: "manager", Image: "manager", Args: []string{"--namespace=$(POD_NAMESPACE)", OwnerFlag + "=" + other.Name}},
				}},
			},
		},
	}
	if change != nil {
		change(d)
	}
	return d
}

// rights let an account write the configuration.
func rights(account string) []client.Object {
	return []client.Object{
		&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: other.Name}, Rules: []rbacv1.PolicyRule{{
			APIGroups: []string{admissionv1.GroupName}, Resources: []string{"validatingwebhookconfigurations"},
			ResourceNames: []string{Name}, Verbs: []string{"update"},
		}}},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: other.Name},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: other.Name},
			Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: other.Namespace, Name: account}},
		},
	}
}

// of is a configuration of an installation, which API servers ask nobody by.
func of(i Installation) *admissionv1.ValidatingWebhookConfiguration {
	c := configuration()
	c.OwnerReferences = []metav1.OwnerReference{{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole", Name: i.Name, UID: "a"}}
	c.Webhooks = []admissionv1.ValidatingWebhook{{
		Name:                    "a." + entryWorkloads,
		ClientConfig:            admissionv1.WebhookClientConfig{Service: &admissionv1.ServiceReference{Namespace: i.Namespace, Name: "webhook"}},
		FailurePolicy:           ptr.To(admissionv1.Ignore),
		SideEffects:             ptr.To(admissionv1.SideEffectClassNone),
		AdmissionReviewVersions: []string{"v1"},
	}}
	return c
}

// goes deletes an object that has a finalizer, which keeps it until the test ends.
func goes(t *testing.T, o client.Object) {
	t.Helper()
	if len(o.GetFinalizers()) == 0 {
		return
	}
	if err := server.Delete(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		let := client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`))
		if err := server.Patch(context.WithoutCancel(t.Context()), o, let); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoseTheConfigurationIs(t *testing.T) {
	server.With(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: other.Namespace}})
	own := Installation{Namespace: apiserver.Namespace, Name: "domicile"}
	for _, tc := range []struct {
		reason string
		own    Installation
		is     *admissionv1.ValidatingWebhookConfiguration
		lives  *appsv1.Deployment
		rights []client.Object
		want   *Installation
	}{
		{"nobody's", own, nil, deployment(nil), rights("manager"), nil},
		{"our own", other, of(other), deployment(nil), rights("manager"), nil},
		{"another one's, which lives", own, of(other), deployment(nil), rights("manager"), &other},
		{"of another release in our namespace", Installation{other.Namespace, "domicile"}, of(other), deployment(nil), rights("manager"), &other},
		{"we do not know what we are called", Installation{other.Namespace, ""}, of(other), deployment(nil), rights("manager"), nil},
		{"its Deployment is gone", own, of(other), nil, rights("manager"), nil},
		{"its Deployment is going", own, of(other), deployment(func(d *appsv1.Deployment) { d.Finalizers = []string{"example.org/kept"} }), rights("manager"), nil},
		{"its rights are gone, so it cannot write", own, of(other), deployment(nil), nil, nil},
		{"its rights are somebody else's now", own, of(other), deployment(nil), rights("another"), nil},
		{"whoever edits the configuration names a Deployment that is none of Domicile's, whatever it may", own, of(other),
			deployment(func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Args = nil }), rights("manager"), nil},
		{"it leads nowhere", own, func() *admissionv1.ValidatingWebhookConfiguration {
			c := of(other)
			c.Webhooks = nil
			return c
		}(), deployment(nil), rights("manager"), nil},
		{"it has no owner, as without the chart", own, func() *admissionv1.ValidatingWebhookConfiguration {
			c := of(other)
			c.OwnerReferences = nil
			return c
		}(), deployment(nil), rights("manager"), nil},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			if tc.is != nil {
				server.With(t, tc.is)
			}
			if tc.lives != nil {
				server.With(t, tc.lives)
				goes(t, tc.lives)
			}
			server.With(t, tc.rights...)
			// The API server's authorizer knows of changes a moment later.
			apiserver.Eventually(t, tc.reason, func(ctx context.Context) error {
				got, err := tc.own.Rival(ctx, server, server)
				if diff := cmp.Diff(tc.want, got); err != nil || diff != "" {
					return errors.Join(err, errors.New(diff))
				}
				return nil
			})
		})
	}
}

func TestAnInstallationThatLostTheConfigurationEnds(t *testing.T) {
	server.With(t, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "installation"}})
	server.With(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "elsewhere-too"}})
	plain := sample.Policy("plain", nil)
	r, mgr := prepare(t, liveOptions(), nil, "installation", plain)
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { ended <- mgr.Start(ctx) }()
	r.asked = server.Answer(t, r.store.GetCertificate)
	apiserver.Eventually(t, "the configuration", rendered(r, plain))

	rival := Installation{"elsewhere-too", other.Name}
	d := deployment(func(d *appsv1.Deployment) { d.Namespace = rival.Namespace })
	role := rights("manager")
	role[1].(*rbacv1.ClusterRoleBinding).Subjects[0].Namespace = rival.Namespace //nolint:forcetypeassert // it is made above
	server.With(t, append(role, d)...)
	apiserver.Eventually(t, "the other's rights", func(ctx context.Context) error {
		if lives, err := rival.lives(ctx, server, server); err != nil || !lives {
			return errors.Join(err, errors.New("it does not live"))
		}
		return nil
	})
	live, err := liveConfiguration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	live.Webhooks, live.OwnerReferences = of(rival).Webhooks, of(rival).OwnerReferences
	if err := server.Update(t.Context(), live, client.FieldOwner("somebody")); err != nil {
		t.Fatal(err)
	}
	timer := time.NewTimer(apiserver.Within)
	defer timer.Stop()
	select {
	case err = <-ended:
	case <-timer.C:
		t.Fatal("it goes on, and will write again")
	}
	var taken *TakenError
	if !errors.As(err, &taken) || taken.By != rival {
		t.Errorf("it ended with: %v", err)
	}
	now, err := liveConfiguration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if now.ResourceVersion != live.ResourceVersion {
		t.Error("it has written over the other's configuration")
	}
}
