package integration

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	// systemNamespace is where the chart is installed.
	systemNamespace = "domicile-system"
)

// shared is the one cluster of all tests: it is started by the first that asks
// for it.
var shared = suite.Share(start)

// TestMain ends the cluster that the tests have started. Whatever had ended by
// itself, a manager above all, is a failure too.
func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// Close implements suite.World.
func (w *world) Close() error {
	err := w.Cluster.Close()
	if w.sources != nil {
		err = errors.Join(err, w.sources.close())
	}
	return err
}

// start starts a cluster, installs the chart in it, and declares the world
// that most tests need.
func start(ctx context.Context, has func(suite.World)) (*world, error) {
	c, err := cluster.Start(ctx, cluster.Options{})
	if err != nil {
		return nil, err
	}
	w := &world{Cluster: c}
	has(w)
	if w.sources, err = newSources(); err != nil {
		return nil, fmt.Errorf("make sources of registers: %w", err)
	}
	if w.admin, err = actor.New(c.Config()); err != nil {
		return nil, err
	}
	if err := w.admin.Declare(ctx, customResources()...); err != nil {
		return nil, fmt.Errorf("make custom resources: %w", err)
	}
	err = c.InstallChart(ctx, systemNamespace, append(w.sources.values(),
		fmt.Sprintf("mirror.enabled=%t", withMirror),
		"excludedNamespaces[0]=plumbing",
		`webhook.annotations.example\.com/owner=platform`,
		"rbac.extraRules[0].apiGroups[0]=example.com",
		"rbac.extraRules[0].resources[0]=widgets",
		"rbac.extraRules[0].verbs[0]=get",
	)...)
	if err != nil {
		return nil, err
	}
	if w.manager, err = c.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		return nil, err
	}
	return w, w.declare(ctx)
}

// theWorld is the shared cluster.
func theWorld(t *testing.T) *world {
	t.Helper()
	return shared.Get(t)
}
