package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// spawner starts processes from a thread of its own that lives until close, so
// that on Linux they get a signal when this process ends, however it ends.
type spawner struct {
	requests chan func()
}

func newSpawner() *spawner {
	s := &spawner{requests: make(chan func())}
	go func() {
		runtime.LockOSThread() // for ever: the thread ends with the goroutine
		for request := range s.requests {
			request()
		}
	}()
	return s
}

func (s *spawner) close() error {
	close(s.requests)
	return nil
}

// process is a child with its output in a file.
type process struct {
	name    string
	cmd     *exec.Cmd
	log     string
	done    chan struct{}
	stopped atomic.Bool // asked to end
}

// start starts a process whose output is appended to a file.
func (s *spawner) start(name string, cmd *exec.Cmd, log string, whenOrphaned syscall.Signal) (*process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // the child has it
	if cmd.Stdout == nil {
		cmd.Stdout = file
	}
	cmd.Stderr = file
	cmd.SysProcAttr = attributes(whenOrphaned)
	started := make(chan error)
	s.requests <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, log: log, done: make(chan struct{})}
	go func() {
		cmd.Wait() //nolint:errcheck // the state has it
		close(p.done)
	}()
	return p, nil
}

// running says whether the process has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// ended is nil as long as the process runs or after it was asked to end;
// otherwise it tells what it said last.
func (p *process) ended() error {
	if p.running() || p.stopped.Load() {
		return nil
	}
	return fmt.Errorf("%s ended by itself (%s); its last words:\n%s", p.name, p.cmd.ProcessState, tail(p.log))
}

// stop asks the process to end as a kubelet would, and kills it after the grace
// period. Anything but a clean exit in time is an error.
func (p *process) stop(grace time.Duration) error {
	p.stopped.Store(true)
	p.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended already
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		p.kill()
		return fmt.Errorf("%s did not end within %s; its last words:\n%s", p.name, grace, tail(p.log))
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("%s ended with %s; its last words:\n%s", p.name, p.cmd.ProcessState, tail(p.log))
	}
	return nil
}

// kill ends the process as a node that fails would.
func (p *process) kill() {
	p.stopped.Store(true)
	p.cmd.Process.Kill() //nolint:errcheck // it may have ended already
	<-p.done
}
