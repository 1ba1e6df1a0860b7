package launch

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// TestMain lets the test binary play the programs that the package starts.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "etcd":
		block()
	case "launcher":
		os.Exit(launcher(os.Args[1]))
	}
	os.Exit(m.Run())
}

// block plays a component: it runs until it is killed.
func block() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals)
	for range signals { //nolint:revive // it ignores every signal that can be ignored
	}
}

// launcher plays "controlplane up" up to the moment when it is killed.
func launcher(dir string) int {
	runtime.LockOSThread()
	f := folder(dir)
	if _, _, err := f.claim(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := newProcesses(f, "").start("etcd"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	block()
	return 0
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(20 * time.Second); !holds(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}
