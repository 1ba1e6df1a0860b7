// Package suite is for packages of tests that share one cluster.
package suite

import (
	"context"
	"fmt"
	"os"
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

// Main runs the tests of a package and returns the exit code; it is for TestMain. What is
// running then, nil if no test asked for it, is closed. With KEEP_LOGS its logs stay if a
// test has failed.
func Main(m *testing.M, running *World) int {
	log.SetLogger(logr.Discard())
	code := m.Run()
	w := *running
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
