package launch

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// startLauncher starts a stand-in for "controlplane up" that has one child.
func startLauncher(t *testing.T) (dir string, cmd *exec.Cmd) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "data")
	cmd = exec.Command(self, dir)
	cmd.Args[0] = "launcher"
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()                            //nolint:errcheck // it may have ended already
		cmd.Wait()                                    //nolint:errcheck // killed
		if err := Down(dir, t.Output()); err != nil { // the child, should it have survived
			t.Error(err)
		}
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("launcher: %q, %v", line, err)
	}
	if pid, err := living(filepath.Join(dir, "run", "etcd.pid")); pid == 0 || err != nil {
		t.Fatalf("the child does not hold its pid file: %d, %v", pid, err)
	}
	return dir, cmd
}

func TestChildrenDieWithAKilledParent(t *testing.T) {
	dir, cmd := startLauncher(t)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the child ends", func() bool {
		pid, err := living(filepath.Join(dir, "run", "etcd.pid"))
		return pid == 0 && err == nil
	})
}

func TestDownEndsWhatDoesNotListen(t *testing.T) {
	dir, cmd := startLauncher(t)
	// The stand-in ignores SIGTERM, so what ends it is what follows the grace period.
	if err := down(dir, t.Output(), 0); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() //nolint:errcheck // killed
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

func TestDownLeavesAFolderWithoutControlPlaneAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "etcd")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Down(dir, t.Output()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}
