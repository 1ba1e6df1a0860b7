package integration

import (
	"context"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// TestUninstallingLeavesNothingThatBlocks is in the last file, because nothing
// is left to test afterwards.
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
