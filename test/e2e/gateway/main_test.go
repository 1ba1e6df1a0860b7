package gateway

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	// systemNamespace is where the chart is installed.
	systemNamespace = "domicile-system"
	// patience is how long a test waits for what must come true.
	patience = 3 * time.Minute
)

// shared is the one world of all tests: it is started by the first that asks for it.
var shared = suite.Share(start)

// TestMain ends what the tests have started. Whatever had ended by itself, a replica of the
// gateway above all, is a failure too.
func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// theWorld is the shared world.
func theWorld(t *testing.T) *world {
	t.Helper()
	return shared.Get(t)
}

// within is a context that ends when a test has waited too long.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
