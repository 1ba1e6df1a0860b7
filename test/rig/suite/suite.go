// Package suite is for packages of tests that share one cluster.
package suite

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// World is what the tests of a package share.
type World interface {
	// Close ends it. Whatever had ended by itself, a manager above all, is an error.
	Close() error
	// Keep leaves the logs where they are: in Dir.
	Keep()
	Dir() string
}

// startTimeout is how long a world may take to start on a busy machine.
const startTimeout = 8 * time.Minute

// Shared is the one world of a package's tests. The first test that asks for it starts it.
type Shared[W any] struct {
	// Start starts it, unless it has been started.
	Start   func() (W, error)
	running World // what there is to end, if anything
}

// Share makes a world that start starts. As soon as there is anything to end, start says
// so, as the rest may fail.
func Share[W any](start func(ctx context.Context, has func(World)) (W, error)) *Shared[W] {
	s := &Shared[W]{}
	s.Start = sync.OnceValues(func() (W, error) {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		return start(ctx, func(w World) { s.running = w })
	})
	return s
}

// Get starts it, or fails the test.
func (s *Shared[W]) Get(t *testing.T) W {
	t.Helper()
	w, err := s.Start()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Main runs the tests of the package and returns the exit code; it is for TestMain. Whatever
// was started is closed; what had ended by itself, a manager above all, is a failure, too.
// With KEEP_LOGS its logs stay if a test has failed.
func (s *Shared[W]) Main(m *testing.M) int {
	log.SetLogger(logr.Discard())
	code := m.Run()
	w := s.running
	if w == nil {
		return code
	}
	if code != 0 && os.Getenv("KEEP_LOGS") != "" {
		w.Keep()
		fmt.Fprintln(os.Stderr, "the logs are in", w.Dir())
	}
	if err := w.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Eventually waits until something holds, or fails the test.
func Eventually(t *testing.T, patience time.Duration, what string, holds func(context.Context) (bool, error)) {
	t.Helper()
	// Cleanups wait, too, and then the test's own context is over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	if err := cluster.Poll(ctx, what, holds); err != nil {
		t.Fatal(err)
	}
}

// Quickstart starts a cluster as docs/quickstart.md makes it: with the chart as it is, and the
// manager. It is closed with the test.
func Quickstart(ctx context.Context, t *testing.T) *cluster.Cluster {
	t.Helper()
	const namespace = "domicile-system"
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.InstallChart(ctx, namespace); err != nil {
		t.Fatal(err)
	}
	if _, err := c.RunManager(ctx, namespace, "domicile"); err != nil {
		t.Fatal(err)
	}
	return c
}
