package controllers

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	// systemNamespace is where the chart is installed.
	systemNamespace = "domicile-system"
	// patience is how long a test waits for what must come true.
	patience = 2 * time.Minute
)

// shared is the one cluster of all tests.
var shared = suite.Share(start)

// TestMain ends the cluster that the tests have started. Whatever had ended by itself, a
// manager or another project's controller, is a failure too.
func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// world is a cluster with Domicile and other projects' controllers.
type world struct {
	*cluster.Cluster
	admin, wanda *actor.Actor
}

// values are beyond the defaults of the chart: a test has few tenants, and suspends all.
var values = []string{"suspension.enabled=true", "suspension.maxTenantShare=100", "suspension.perMinute=600"}

// start installs the chart in a new cluster.
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
	if w.wanda, err = actor.New(c.As("wanda", "system:authenticated")); err != nil {
		return nil, err
	}
	if err := c.InstallChart(ctx, systemNamespace, values...); err != nil {
		return nil, err
	}
	_, err = c.RunManager(ctx, systemNamespace, "domicile")
	return w, err
}

// theWorld is the shared cluster.
func theWorld(t *testing.T) *world {
	t.Helper()
	return shared.Get(t)
}
