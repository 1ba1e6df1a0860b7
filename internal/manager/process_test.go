package manager

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// beManager makes the test's own program be the manager: one process can be only
// one, because metrics are registered once.
const beManager = "DOMICILE_TEST_IS_MANAGER"

func TestMain(m *testing.M) {
	if os.Getenv(beManager) != "" {
		os.Exit(Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// process is a manager in a process of its own.
type process struct {
	command *exec.Cmd
	said    bytes.Buffer // to be read once it has ended
	ended   chan struct{}
	err     error // once it has ended

	readyz, healthz, admit string // URLs
}

// startProcess starts a manager that ends with the test.
func startProcess(t *testing.T, namespace, kubeconfig string, args ...string) *process {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	health, hook := freeAddress(t), freeAddress(t)
	p := &process{
		ended:  make(chan struct{}),
		readyz: "http://" + health + "/readyz", healthz: "http://" + health + "/healthz", admit: "https://" + hook + "/admit",
	}
	p.command = exec.Command(program, append([]string{
		"--namespace=" + namespace, "--webhook-bind-address=" + hook, "--health-probe-bind-address=" + health,
		"--metrics-bind-address=0", "--register-cache-dir=" + t.TempDir(), "--register-dir=" + t.TempDir(), "--shutdown-delay=0s",
	}, args...)...)
	p.command.Env = append(os.Environ(), beManager+"=1", "KUBECONFIG="+kubeconfig)
	p.command.Stdout, p.command.Stderr = &p.said, &p.said
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.command.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the process, if it has not ended.
func (p *process) kill() {
	_ = p.command.Process.Kill() // an error says that it has ended
	<-p.ended
}

// terminate asks the process to end, as a kubelet does.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// waitEnd waits until the process has ended by itself, without an error.
func (p *process) waitEnd(t *testing.T) {
	t.Helper()
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	select {
	case <-p.ended:
		if p.err != nil {
			t.Errorf("the manager ended with: %v; it said:\n%s", p.err, &p.said)
		}
	case <-timer.C:
		p.kill()
		t.Errorf("the manager does not end; it said:\n%s", &p.said)
	}
}

// waitFor waits for a condition as long as the manager lives.
func (p *process) waitFor(t *testing.T, what string, holds func(context.Context) error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		select {
		case <-p.ended:
			return false, fmt.Errorf("the manager ended: %v", p.err) //nolint:errorlint // it may have ended without one
		default:
		}
		last = holds(ctx)
		return last == nil, nil
	})
	if err != nil {
		p.kill()
		t.Fatalf("%s: %v; %v; it said:\n%s", what, err, last, &p.said)
	}
}

func answers(t *testing.T, url string, want int) func(context.Context) error {
	return func(context.Context) error {
		if got := statusOf(t, url); got != want {
			return fmt.Errorf("%s answers %d", url, got)
		}
		return nil
	}
}
