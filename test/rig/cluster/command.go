package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Result is what a command said.
type Result struct {
	Stdout, Stderr string
	// Code is the exit code.
	Code int
}

// Kubectl runs the real kubectl as an administrator. A command that fails is a
// Result with a code; an error says that it could not be run.
func (c *Cluster) Kubectl(ctx context.Context, stdin string, args ...string) (Result, error) {
	program, err := c.program("controlplane", "controlplane")
	if err != nil {
		return Result{}, err
	}
	return c.run(ctx, program, "kubectl", stdin, args)
}

// Helm runs the real helm as an administrator.
func (c *Cluster) Helm(ctx context.Context, args ...string) (Result, error) {
	program, err := c.program("helm", "bin/helm")
	if err != nil {
		return Result{}, err
	}
	return c.run(ctx, program, "helm", "", args)
}

// run runs a program of bin under a name, with bin first in PATH, so that
// kubectl finds its plugins, and with nothing of the user's own configuration.
func (c *Cluster) run(ctx context.Context, program, name, stdin string, args []string) (Result, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Args[0] = name
	cmd.Dir = c.root
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = []string{
		"PATH=" + c.bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"KUBECONFIG=" + c.kubeconfig,
		"HOME=" + filepath.Join(c.dir, "home"),
	}
	err := cmd.Run()
	r := Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && ctx.Err() == nil {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), errors.Join(err, ctx.Err()))
	}
	return r, nil
}
