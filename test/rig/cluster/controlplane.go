package cluster

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// upTimeout is how long a control plane may take to end. It has no state to save.
const upTimeout = 20 * time.Second

// startControlPlane runs "controlplane up" until Close.
func (c *Cluster) startControlPlane(ctx context.Context, o Options) error {
	program, err := c.program("controlplane", "controlplane")
	if err != nil {
		return err
	}
	if c.addresses, err = reserve(o.IPv6); err != nil {
		return err
	}
	c.closers = append(c.closers, c.addresses.reservation.Close)
	nodes := o.Nodes
	if nodes == 0 {
		nodes = 3
	}
	c.data = filepath.Join(c.dir, "controlplane")
	if o.Data != "" {
		if c.data, err = filepath.Abs(o.Data); err != nil {
			return err
		}
	}
	args := []string{"up", "--dir=" + c.data, "--nodes=" + strconv.Itoa(nodes),
		"--service-cluster-ip-range=" + c.addresses.services().String()}
	if o.Revive {
		args = append(args, "--revive")
	}
	for _, arg := range o.APIServerArgs {
		args = append(args, "--kube-apiserver-arg="+arg)
	}
	cmd := exec.Command(program, args...)
	stdout, ready := io.Pipe()
	cmd.Stdout = ready
	plane, err := c.spawner.start("controlplane", cmd, filepath.Join(c.dir, "controlplane.log"), syscall.SIGTERM)
	if err != nil {
		return err
	}
	c.plane = plane
	c.closers = append(c.closers, func() error {
		if !plane.running() && plane.cmd.ProcessState.Success() {
			return nil // "controlplane down" has ended it
		}
		if err := plane.ended(); err != nil {
			return err
		}
		return plane.stop(upTimeout)
	})
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n') // an empty line says it
		lines <- strings.TrimSpace(line)
		io.Copy(io.Discard, stdout) //nolint:errcheck // nothing more is expected
	}()
	select {
	case line := <-lines:
		_, kubeconfig, ok := strings.Cut(line, "KUBECONFIG=")
		if !ok {
			return fmt.Errorf("controlplane up says %q instead of where its KUBECONFIG is", line)
		}
		c.kubeconfig = kubeconfig
		return nil
	case <-plane.done:
		return plane.ended()
	case <-ctx.Done():
		return fmt.Errorf("start the control plane: %w", ctx.Err())
	}
}
