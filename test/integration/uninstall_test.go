package integration

import (
	"context"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// What follows is in the last file, because it takes away what the other tests
// need.

func TestTheFirstPolicyWorksForWhatIsAppliedWithIt(t *testing.T) {
	w := theWorld(t)
	if r, err := w.Kubectl(t.Context(), "", "delete", "tenantpolicies", "--all"); err != nil || r.Code != 0 {
		t.Fatalf("delete all policies: %v\n%s%s", err, r.Stdout, r.Stderr)
	}
	suite.Eventually(t, patience, "admission to enforce nothing", func(ctx context.Context) (bool, error) {
		configuration := configurationObject()
		err := w.admin.Get(ctx, client.ObjectKeyFromObject(configuration), configuration)
		entries, _, _ := unstructured.NestedSlice(configuration.Object, "webhooks")
		for _, e := range entries {
			entry, _ := e.(map[string]any)
			if entry["name"] == "workloads.domicile.dev" {
				return entry["failurePolicy"] == "Ignore", nil
			}
		}
		return false, err
	})
	w.admits(t, pod("lantern", "free", ""))

	manifests := strings.NewReplacer("NAME", "first", "PLACE", "BY").Replace(everything)
	for _, o := range actor.Objects(manifests) {
		w.deletesAtTheEnd(t, o)
	}
	r, err := w.Kubectl(t.Context(), manifests, "apply", "-f", "-")
	if err != nil {
		t.Fatal(err)
	}
	if want := "policy first does not admit tenant first: first Ltd. has its headquarters in BY"; r.Code == 0 || !strings.Contains(r.Stderr, want) {
		t.Errorf("exit code %d, want a refusal with %q\n%s%s", r.Code, want, r.Stdout, r.Stderr)
	}
}

func TestUninstallingLeavesNothingThatBlocks(t *testing.T) {
	w := theWorld(t)
	for i := range w.manager.Replicas() {
		if err := w.manager.StopReplica(i); err != nil {
			t.Fatal(err)
		}
	}
	r, err := w.Helm(t.Context(), "uninstall", "domicile", "--namespace", systemNamespace)
	if err != nil || r.Code != 0 {
		t.Fatalf("helm uninstall: %v, exit code %d\n%s%s", err, r.Code, r.Stdout, r.Stderr)
	}
	configuration := configurationObject()
	suite.Eventually(t, patience, "the webhook configuration to be collected", func(ctx context.Context) (bool, error) {
		err := w.admin.Get(ctx, client.ObjectKeyFromObject(configuration), configuration.DeepCopy())
		return apierrors.IsNotFound(err), err
	})
	w.admits(t, pod("lantern", "a", ""))
}

// What is left when somebody deletes the namespace before the release, and what
// docs/operations.md says to do about it.
func TestTheNamespaceWasDeletedFirst(t *testing.T) {
	w := theWorld(t)
	// The port of the first installation stays taken on this machine.
	if err := w.InstallChart(t.Context(), systemNamespace, "webhook.service.port=8444"); err != nil {
		t.Fatal(err)
	}
	m, err := w.RunManager(t.Context(), systemNamespace, "domicile")
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Replicas() {
		if err := m.StopReplica(i); err != nil {
			t.Fatal(err)
		}
	}
	run := func(run func(context.Context, ...string) (cluster.Result, error), args ...string) {
		t.Helper()
		if r, err := run(t.Context(), args...); err != nil || r.Code != 0 {
			t.Fatalf("%v: %v\n%s%s", args, err, r.Stdout, r.Stderr)
		}
	}
	kubectl := func(ctx context.Context, args ...string) (cluster.Result, error) { return w.Kubectl(ctx, "", args...) }
	run(kubectl, "delete", "namespace", systemNamespace, "--wait")
	if err := w.admin.Get(t.Context(), client.ObjectKeyFromObject(configurationObject()), configurationObject()); err != nil {
		t.Fatalf("there is nothing to remove: %v", err)
	}
	run(kubectl, "delete", "validatingwebhookconfiguration", "domicile")
	run(kubectl, "delete", "clusterrole,clusterrolebinding", "-l", "app.kubernetes.io/instance=domicile")
	run(w.Helm, "install", "residency", "charts/domicile", "--namespace", "residency", "--create-namespace", "--take-ownership",
		"--set", "replicas=1,webhook.service.port=8443")
	if _, err := w.RunManager(t.Context(), "residency", "residency-domicile"); err != nil {
		t.Fatal(err)
	}
	suite.Eventually(t, patience, "a configuration of the new installation", func(ctx context.Context) (bool, error) {
		hooks, err := w.configuration(ctx)
		if err != nil || len(hooks) == 0 {
			return false, client.IgnoreNotFound(err)
		}
		namespace, _, _ := unstructured.NestedString(hooks[0], "clientConfig", "service", "namespace")
		return namespace == "residency", nil
	})
}
