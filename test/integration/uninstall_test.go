package integration

import (
	"context"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
)

// What follows is in the last file, because it takes away what the other tests
// need.

func TestTheFirstPolicyWorksForWhatIsAppliedWithIt(t *testing.T) {
	w := theWorld(t)
	if r, err := w.Kubectl(t.Context(), "", "delete", "tenantpolicies", "--all"); err != nil || r.Code != 0 {
		t.Fatalf("delete all policies: %v\n%s%s", err, r.Stdout, r.Stderr)
	}
	w.eventually(t, "admission to enforce nothing", func(ctx context.Context) (bool, error) {
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
	w.eventually(t, "the webhook configuration to be collected", func(ctx context.Context) (bool, error) {
		err := w.admin.Get(ctx, client.ObjectKeyFromObject(configuration), configuration.DeepCopy())
		return apierrors.IsNotFound(err), err
	})
	w.admits(t, pod("lantern", "a", ""))
}
