package gitops

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	systemNamespace = "domicile-system"
	// patience is how long a test waits for what must come true.
	patience = 3 * time.Minute
)

// root is the repository, from this folder.
var root = filepath.Join("..", "..", "..")

// shared is the one world of all tests: it is started by the first that asks for it.
var shared = suite.Share(start)

// TestMain ends what the tests have started. A controller that had ended by itself is a
// failure too.
func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// world is a cluster with Domicile in it, and Git repositories.
type world struct {
	*cluster.Cluster
	git *gitServer
}

// Close implements suite.World.
func (w *world) Close() error {
	w.git.close()
	return w.Cluster.Close()
}

// declared is the policy of all tests: whoever comes to sit in KP is suspended.
const declared = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-restricted-owners}
spec: {jurisdictions: {blocked: [KP]}, enforcement: {existing: Suspend, maxSuspendedTenants: 100}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shared-inference}
`

func theWorld(t *testing.T) *world {
	t.Helper()
	return shared.Get(t)
}

func start(ctx context.Context, has func(suite.World)) (*world, error) {
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1})
	if err != nil {
		return nil, err
	}
	w := &world{Cluster: c}
	has(c)
	if w.git, err = serveGit(ctx, filepath.Join(c.Dir(), "git")); err != nil {
		return nil, err
	}
	has(w)
	if err := c.InstallChart(ctx, systemNamespace, "suspension.enabled=true", "suspension.perMinute=600", "suspension.maxTenantShare=100"); err != nil {
		return nil, err
	}
	if _, err := c.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		return nil, err
	}
	return w, w.apply(ctx, declared)
}

// apply is kubectl apply.
func (w *world) apply(ctx context.Context, manifests string) error {
	r, err := w.Kubectl(ctx, manifests, "apply", "--server-side", "-f", "-")
	if err == nil && r.Code != 0 {
		err = errors.New(r.Stderr)
	}
	return err
}

// kubectl is what kubectl prints, and fails the test if it fails.
func (w *world) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	r, err := w.Kubectl(t.Context(), "", args...)
	if err != nil || r.Code != 0 {
		t.Fatalf("kubectl %q: %v\n%s%s", args, err, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

// becomes waits until kubectl prints what it should.
func (w *world) becomes(t *testing.T, want func(string) bool, args ...string) {
	t.Helper()
	suite.Eventually(t, patience, fmt.Sprintf("kubectl %q", args), func(ctx context.Context) (bool, error) {
		r, err := w.Kubectl(ctx, "", args...)
		if err != nil {
			return false, err
		}
		return r.Code == 0 && want(r.Stdout), errors.New(r.Stdout + r.Stderr)
	})
}
