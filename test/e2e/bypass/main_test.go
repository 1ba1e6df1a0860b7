package bypass

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	// systemNamespace is where the chart is installed.
	systemNamespace = "domicile-system"
	// patience is how long a test waits for what must come true.
	patience = time.Minute
)

// shared is the one cluster of all tests: it is started by the first that asks for it.
var shared = suite.Share(start)

// TestMain ends the cluster that the tests have started. Whatever had ended by itself, a
// manager above all, is a failure too.
func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// start installs the chart in a new cluster. Before any manager runs, and so before the
// API server asks anybody, it makes the world and tries every attack in the half of it
// that is called off.
func start(ctx context.Context, has func(suite.World)) (*world, error) {
	c, err := cluster.Start(ctx, cluster.Options{})
	if err != nil {
		return nil, err
	}
	w := &world{Cluster: c}
	has(w)
	if w.admin, err = actor.New(c.Config()); err != nil {
		return nil, err
	}
	definitions, err := customResources()
	if err != nil {
		return nil, err
	}
	if err := w.admin.Declare(ctx, definitions...); err != nil {
		return nil, fmt.Errorf("make custom resources: %w", err)
	}
	if err := c.InstallChart(ctx, systemNamespace, values...); err != nil {
		return nil, err
	}
	if err := w.declare(ctx); err != nil {
		return nil, err
	}
	w.unguarded = w.tryAll(ctx, off)
	w.neverOff = w.tryNever(ctx, off)
	if w.injected, err = w.inject(ctx, "shared-off"); err != nil {
		return nil, err
	}
	if w.manager, err = c.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		return nil, err
	}
	return w, cluster.Poll(ctx, "a refusal of Lantern's Pod", func(ctx context.Context) (bool, error) {
		err := w.admin.Create(ctx, object(on(`{apiVersion: v1, kind: Pod, metadata: {name: probe, namespace: lantern-$HALF}, spec: {$CONTAINER}}`)), client.DryRunAll)
		return is(err, "RestrictedJurisdiction"), err
	})
}

// theWorld is the shared cluster.
func theWorld(t *testing.T) *world {
	t.Helper()
	return shared.Get(t)
}
