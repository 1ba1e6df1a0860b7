package cluster

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Beside is a program of others that runs beside the cluster, such as a controller.
type Beside struct{ process *process }

// RunBeside starts a program until Close. With a service account of a namespace, its
// KUBECONFIG makes it that one.
func (c *Cluster) RunBeside(ctx context.Context, name, namespace, serviceAccount string, cmd *exec.Cmd) (*Beside, error) {
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	if serviceAccount != "" {
		server, err := url.Parse(c.config.Host)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(c.dir, name+".kubeconfig")
		if err := c.credentials(ctx, namespace, serviceAccount, server.Host, path); err != nil {
			return nil, fmt.Errorf("run %s: %w", name, err)
		}
		cmd.Env = append(cmd.Env, "KUBECONFIG="+path)
	}
	p, err := c.spawner.start(name, cmd, filepath.Join(c.dir, name+".log"), syscall.SIGKILL)
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, func() error {
		defer p.kill()
		return p.ended()
	})
	return &Beside{p}, nil
}

// Kill ends it.
func (b *Beside) Kill() { b.process.kill() }

// Log is the path of the file that it logs to.
func (b *Beside) Log() string { return b.process.log }
