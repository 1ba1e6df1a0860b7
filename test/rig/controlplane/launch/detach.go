package launch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Detach runs "controlplane up" in a session of its own and returns when the
// control plane is ready. It shows what the control plane says until then.
func Detach(ctx context.Context, o Options, ready func(kubeconfig string)) error {
	o, err := o.absolute()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	output, err := os.CreateTemp("", "controlplane-up-*.log")
	if err != nil {
		return err
	}
	defer output.Close()
	defer os.Remove(output.Name())
	cmd := exec.Command(self, append([]string{"up"}, o.args()...)...)
	cmd.Stderr = output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() {
		cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended already
	})
	defer stop()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if _, kubeconfig, ok := strings.Cut(strings.TrimSpace(line), "KUBECONFIG="); ok && err == nil && stop() {
		show(o, output)
		ready(kubeconfig)
		return cmd.Process.Release()
	}
	err = cmd.Wait()
	show(o, output)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(errors.New("the control plane did not start"), err)
}

// show copies what the child said so far.
func show(o Options, output *os.File) {
	text, err := os.ReadFile(output.Name())
	if err != nil {
		fmt.Fprintln(o.Progress, err)
		return
	}
	o.Progress.Write(text) //nolint:errcheck // nobody to tell
}
