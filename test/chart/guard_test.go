package chart

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// testGuard tries what an administrator who is not named may do where the guard is on.
func testGuard(t *testing.T, s server) {
	s.helm(t, "install", release, chartDir, "--create-namespace", "--set", "guard.enabled=true,guard.users={deployer},guard.groups={system:masters}")
	for _, name := range []string{"domicile", "other"} {
		if err := s.Create(t.Context(), &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: name}}); err != nil {
			t.Fatal(err)
		}
	}
	stranger, deployer := s.administrator(t, "stranger"), s.administrator(t, "deployer")
	manager := s.administrator(t, "system:serviceaccount:"+namespace+":"+release)
	ours := &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "domicile"}}
	tenants := &apiextensionsv1.CustomResourceDefinition{ObjectMeta: metav1.ObjectMeta{Name: "tenants.domicile.dev"}}
	// Policies come into force some time after they are written.
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		last = relabel(ctx, stranger, ours)
		return guarded(last), nil
	})
	if err != nil {
		t.Fatalf("never guarded: %v", last)
	}
	for _, row := range []struct {
		reason  string
		err     error
		guarded bool
	}{
		{"a definition is changed", relabel(t.Context(), stranger, tenants), true},
		{"a definition is deleted", stranger.Delete(t.Context(), tenants, client.DryRunAll), true},
		{"the configuration is deleted", stranger.Delete(t.Context(), ours, client.DryRunAll), true},
		{"all configurations are deleted at once", stranger.DeleteAllOf(t.Context(), ours, client.DryRunAll), true},
		{"somebody else's configuration is theirs", relabel(t.Context(), stranger, &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "other"}}), false},
		{"whoever is named may upgrade", relabel(t.Context(), deployer, tenants), false},
		{"the manager keeps its configuration", relabel(t.Context(), manager, ours), false},
		{"a group is named", relabel(t.Context(), s, ours), false},
	} {
		if guarded(row.err) != row.guarded || !row.guarded && row.err != nil {
			t.Errorf("%s: guarded should be %t: %v", row.reason, row.guarded, row.err)
		}
	}
	s.helm(t, "uninstall", release)
	if err := s.Delete(t.Context(), ours); err != nil {
		t.Error(err)
	}
}

func guarded(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), "this belongs to Domicile and is guarded")
}

// relabel changes an object, as a dry run.
func relabel(ctx context.Context, c client.Client, o client.Object) error {
	patch := client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`))
	return c.Patch(ctx, o.DeepCopyObject().(client.Object), patch, client.DryRunAll)
}

// administrator is somebody who may do everything, but is in no group.
func (s server) administrator(t *testing.T, user string) client.Client {
	t.Helper()
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "administrator-"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: user}},
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(s.Create(t.Context(), binding), clientgoscheme.AddToScheme(scheme), apiextensionsv1.AddToScheme(scheme)); err != nil {
		t.Fatal(err)
	}
	config := rest.CopyConfig(s.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user}
	c, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
