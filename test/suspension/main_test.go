package suspension

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// patience is how long a test waits for what must come true.
const patience = 90 * time.Second

var (
	shared = suite.Share(start)
	scheme = runtime.NewScheme()
)

// TestMain ends the cluster that the tests have started. Whatever had ended by
// itself is a failure too.
func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// world is a control plane that knows Domicile's kinds.
type world struct {
	*cluster.Cluster
	admin client.Client
}

func start(ctx context.Context, has func(suite.World)) (*world, error) {
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1, APIServerArgs: []string{"--feature-gates=HPAScaleToZero=true"}})
	if err != nil {
		return nil, err
	}
	has(c)
	config := c.Config()
	config.WarningHandler = rest.NoWarnings{}
	admin, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, err
	}
	if r, err := c.Kubectl(ctx, "", "apply", "--server-side", "-k", "config/crd"); err != nil || r.Code != 0 {
		return nil, fmt.Errorf("install the definitions: %w\n%s", err, r.Stderr)
	}
	if r, err := c.Kubectl(ctx, "", "wait", "--for=condition=Established", "crd", "--all"); err != nil || r.Code != 0 {
		return nil, fmt.Errorf("wait for the definitions: %w\n%s", err, r.Stderr)
	}
	return &world{Cluster: c, admin: admin}, nil
}

func theWorld(t *testing.T) *world {
	t.Helper()
	return shared.Get(t)
}
