// Package procfs reads what processes have taken of the machine from /proc.
package procfs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is the unit of processor time in /proc, the same on every Linux
// that Go runs on.
const ticksPerSecond = 100

// CPU is how much processor time a process has taken.
func CPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return cpu(text)
}

// cpu reads /proc/PID/stat: utime and stime are the 14th and 15th field, and only
// the second, a name in brackets, may have blanks.
func cpu(stat []byte) (time.Duration, error) {
	const first, user, system = 3, 14, 15
	end := bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[end+1:]))
	if end < 0 || len(fields) <= system-first {
		return 0, errors.New("/proc/PID/stat is not as expected")
	}
	u, err1 := strconv.ParseInt(fields[user-first], 10, 64)
	s, err2 := strconv.ParseInt(fields[system-first], 10, 64)
	return time.Duration(u+s) * time.Second / ticksPerSecond, errors.Join(err1, err2)
}

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
