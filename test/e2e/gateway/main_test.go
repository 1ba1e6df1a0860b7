package gateway

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	// systemNamespace is where the chart is installed.
	systemNamespace = "domicile-system"
	// startTimeout is how long the cluster may take to start on a busy machine.
	startTimeout = 8 * time.Minute
	// patience is how long a test waits for what must come true.
	patience = 3 * time.Minute
)

// shared is the one world of all tests: it is started by the first that asks for it.
var shared = sync.OnceValues(start)

// running is what shared has started, if anything.
var running suite.World

// TestMain ends what the tests have started. Whatever had ended by itself, a replica of the
// gateway above all, is a failure too.
func TestMain(m *testing.M) { os.Exit(suite.Main(m, &running)) }

// theWorld is the shared world.
func theWorld(t *testing.T) *world {
	t.Helper()
	w, err := shared()
	if err != nil {
		t.Fatal(errors.Join(errors.New("there is no gateway to ask"), err))
	}
	return w
}

// within is a context that ends when a test has waited too long.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
