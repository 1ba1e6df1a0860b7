package launch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Down ends the control plane of a folder, if one runs, and removes its data.
// A folder that holds none is left alone. Down may be called at any time.
func Down(dir string, progress io.Writer) error {
	return down(dir, progress, 20*time.Second)
}

func down(dir string, progress io.Writer, grace time.Duration) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	f := folder(dir)
	if _, err := os.Stat(f.path(upPID)); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(progress, "no control plane in %s\n", dir)
		return nil
	}
	// A polite "up" ends its children and removes its data by itself; what is
	// below does something only when it could not.
	if err := end(f.path(upPID), syscall.SIGTERM, grace); err != nil {
		return err
	}
	pids, err := filepath.Glob(f.path("run", "*.pid"))
	if err != nil {
		return err
	}
	for _, path := range pids {
		if err := end(path, syscall.SIGKILL, 0); err != nil {
			return err
		}
	}
	if _, err := os.Stat(dir); err == nil {
		if err := f.remove(false); err != nil {
			return err
		}
	}
	fmt.Fprintf(progress, "the control plane in %s has ended\n", dir)
	return nil
}

// end signals the process that holds a pid file, kills it when it still lives
// after the grace period, and returns when it is gone.
func end(path string, signal syscall.Signal, grace time.Duration) error {
	pid, err := living(path)
	if err != nil || pid == 0 {
		return err
	}
	if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal process %d: %w", pid, err)
	}
	var kill <-chan time.Time
	if signal != syscall.SIGKILL {
		kill = time.After(grace)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(grace + 10*time.Second)
	for {
		if pid, err = living(path); err != nil || pid == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-kill:
			syscall.Kill(pid, syscall.SIGKILL) //nolint:errcheck // the loop sees whether it is gone
		case <-giveUp:
			return fmt.Errorf("process %d (%s) does not end", pid, filepath.Base(path))
		}
	}
}
