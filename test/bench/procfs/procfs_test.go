package procfs

import (
	"testing"
	"time"
)

func TestProcessesAreRead(t *testing.T) {
	t.Parallel()
	got, err := cpu([]byte("42 (kube (x) server) S 1 42 42 0 -1 4194560 9 8 7 6 150 50 3 2 20 0 11 0 1 2 3\n"))
	if want := 2 * time.Second; err != nil || got != want {
		t.Errorf("processor time is %s (%v), expected %s", got, err, want)
	}
	if _, err := cpu([]byte("42 (server) S 1")); err == nil {
		t.Error("a line that is cut off is read")
	}
	m, err := parseMemory("Name:\tmanager\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n")
	if want := (Memory{Resident: 1 << 20, Peak: 2 << 20}); err != nil || m != want {
		t.Errorf("memory is %v (%v), expected %v", m, err, want)
	}
	if _, err := parseMemory("Name:\tmanager\n"); err == nil {
		t.Error("memory is read where there is none")
	}
}
