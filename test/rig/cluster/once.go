package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
)

// lastReplica is the address of pods that run to their end, one at a time.
const lastReplica = 200

// RunPod runs a pod of the manager's image to its end, as its service account may.
func (c *Cluster) RunPod(ctx context.Context, pod *corev1.Pod) (Result, error) {
	program, err := c.program("manager", "build")
	if err != nil {
		return Result{}, err
	}
	upstream, err := c.upstream(c.addresses.replica(lastReplica))
	if err != nil {
		return Result{}, err
	}
	i, err := invoke(pod, c.addresses.replica(lastReplica), filepath.Join(c.dir, pod.Name+".volumes"))
	if err != nil {
		return Result{}, fmt.Errorf("run pod %s as a process: %w", pod.Name, err)
	}
	kubeconfig := filepath.Join(c.dir, pod.Name+".kubeconfig")
	if err := c.credentials(ctx, pod.Namespace, pod.Spec.ServiceAccountName, upstream.listener.Addr().String(), kubeconfig); err != nil {
		return Result{}, err
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, i.args...)
	cmd.Env = append([]string{"KUBECONFIG=" + kubeconfig}, i.env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	r := Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return r, nil
	}
	return r, err
}
