package procfs

import (
	"os"
	"testing"
)

func TestProcessesAreRead(t *testing.T) {
	t.Parallel()
	before, err := CPU(os.Getpid())
	if err != nil || before <= 0 {
		t.Fatalf("processor time of this process is %s (%v)", before, err)
	}
	for {
		if after, err := CPU(os.Getpid()); err != nil || after > before {
			break // it grows with what is done
		}
	}
	if _, err := CPU(1<<22 + 1); err == nil {
		t.Error("there is no such process")
	}
	m, err := parseMemory("Name:\tmanager\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n")
	if want := (Memory{Resident: 1 << 20, Peak: 2 << 20}); err != nil || m != want {
		t.Errorf("memory is %v (%v), expected %v", m, err, want)
	}
	if _, err := parseMemory("Name:\tmanager\n"); err == nil {
		t.Error("memory is read where there is none")
	}
}
