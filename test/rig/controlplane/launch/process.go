package launch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// processes are the children of this process, in the order of their start.
type processes struct {
	folder folder
	assets string
	list   []*process
	// died gets what ended unasked.
	died chan death
}

type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}
}

// death is the end of a component that nobody asked for, and what it takes to start it
// again.
type death struct {
	name string
	args []string
	err  error
}

func newProcesses(f folder, assets string) *processes {
	return &processes{folder: f, assets: assets, died: make(chan death, 16)}
}

// start runs a component with its output in log/NAME.log, after what it said before, and
// a locked pid file.
func (p *processes) start(name string, args ...string) error {
	program, err := p.program(name)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(p.folder.path("log", name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	pid, err := openLocked(p.folder.path("run", name+".pid"), os.O_CREATE|os.O_RDWR)
	if err != nil {
		return fmt.Errorf("pid file of %s: %w", name, err)
	}
	defer pid.Close() // the child holds it, and with it the lock
	cmd := exec.Command(program, args...)
	cmd.Args[0] = name
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{pid}
	cmd.SysProcAttr = attributes()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	child := &process{name: name, cmd: cmd, done: make(chan struct{})}
	p.list = append(p.list, child)
	go func() {
		defer close(child.done)
		err := cmd.Wait()
		p.died <- death{name, args, fmt.Errorf("%s ended: %w", name, errors.Join(errors.New(cmd.ProcessState.String()), ignoreExit(err)))}
	}()
	return writePID(pid, cmd.Process.Pid)
}

// ignoreExit drops the error that only repeats the state of the process.
func ignoreExit(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil
	}
	return err
}

// program is the file to run for a component.
func (p *processes) program(name string) (string, error) {
	if p.assets != "" {
		path := filepath.Join(p.assets, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return os.Executable()
}

// kill ends all, last first, and waits for them. The state is thrown away, so
// nothing need be flushed: etcd and the API server take seconds to end politely.
func (p *processes) kill() {
	for i := len(p.list) - 1; i >= 0; i-- {
		p.list[i].cmd.Process.Kill() //nolint:errcheck // it may have ended already
	}
	for _, child := range p.list {
		<-child.done
	}
}
