// Package procfs reads what processes have taken of the machine.
package procfs

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Memory is how much memory a process has, and had at most, in bytes.
type Memory struct{ Resident, Peak float64 }

// MemoryOf is the memory of a process.
func MemoryOf(pid int) (Memory, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, err
	}
	return parseMemory(string(text))
}

func parseMemory(status string) (m Memory, err error) {
	for line := range strings.Lines(status) {
		var kilobytes float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kilobytes); n == 1 {
			m.Resident = kilobytes * 1024
		}
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); n == 1 {
			m.Peak = kilobytes * 1024
		}
	}
	if m.Resident == 0 || m.Peak == 0 {
		return m, errors.New("/proc/PID/status does not tell of memory")
	}
	return m, nil
}
