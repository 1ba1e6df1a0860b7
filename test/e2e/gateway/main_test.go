package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
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
var running *world

// TestMain ends what the tests have started. Whatever had ended by itself, a replica of the
// gateway above all, is a failure too.
func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	code := m.Run()
	if running != nil {
		if code != 0 && os.Getenv("KEEP_LOGS") != "" {
			running.Keep()
			fmt.Fprintln(os.Stderr, "the logs are in", running.Dir())
		}
		if err := running.close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

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
