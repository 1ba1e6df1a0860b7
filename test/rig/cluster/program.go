package cluster

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

// Program is a process of somebody else's program beside the managers, such as another
// project's controller, with the rights of a service account, or a proxy, without any.
type Program struct {
	// Address is the program's own, as a pod has one.
	Address netip.Addr
	// Env is more of its environment, besides KUBECONFIG.
	Env []string

	path, name, log string
	kubeconfig      string // empty if it has no rights
	spawner         *spawner
	process         *process // nil before the start
}

// Program prepares a program of bin, by its path there, and what makes it. It is killed on
// Close, which says if it had ended by itself.
func (c *Cluster) Program(ctx context.Context, path, target, namespace, serviceAccount string) (*Program, error) {
	program, err := c.program(path, target)
	if err != nil {
		return nil, err
	}
	p := &Program{
		Address: c.addresses.replica(int(c.replicas.Add(1)) - 1),
		path:    program, name: serviceAccount, spawner: c.spawner,
		log:        filepath.Join(c.dir, serviceAccount+".log"),
		kubeconfig: filepath.Join(c.dir, serviceAccount+".kubeconfig"),
	}
	upstream, err := c.upstream(p.Address)
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, p.close)
	return p, c.credentials(ctx, namespace, serviceAccount, upstream.listener.Addr().String(), p.kubeconfig)
}

// Beside prepares a program, by its path, that knows nothing of the cluster. It is killed on
// Close, which says if it had ended by itself.
func (c *Cluster) Beside(path string) *Program {
	name := filepath.Base(path)
	p := &Program{path: path, name: name, spawner: c.spawner, log: filepath.Join(c.dir, name+".log")}
	c.closers = append(c.closers, p.close)
	return p
}

// Start starts the process.
func (p *Program) Start(args ...string) (err error) {
	cmd := exec.Command(p.path, args...)
	cmd.Env = slices.Clone(p.Env)
	if p.kubeconfig != "" {
		cmd.Env = append(cmd.Env, "KUBECONFIG="+p.kubeconfig)
	}
	p.process, err = p.spawner.start(p.name, cmd, p.log, syscall.SIGKILL)
	return err
}

// Signal sends it a signal, such as one to stop it for a while.
func (p *Program) Signal(signal os.Signal) error { return p.process.cmd.Process.Signal(signal) }

// Kill ends it, so that it can be started again with other arguments.
func (p *Program) Kill() {
	p.process.kill()
	p.process = nil
}

// Err is nil unless the process has ended by itself.
func (p *Program) Err() error {
	if p.process == nil {
		return nil
	}
	return p.process.ended()
}

func (p *Program) close() error {
	err := p.Err()
	if p.process != nil {
		p.process.kill()
	}
	return err
}
