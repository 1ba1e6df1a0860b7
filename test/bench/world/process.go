package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// processes are those whose processor time is counted.
const (
	apiServer    = replicas
	store        = replicas + 1
	allProcesses = replicas + 2
)

// ticksPerSecond is the unit of processor time in /proc, the same on every Linux
// that Go runs on.
const ticksPerSecond = 100

// pids are the processes that run now.
func (r *rig) pids() (pids [allProcesses]int, err error) {
	for i := range replicas {
		pids[i] = r.manager.PID(i)
	}
	var err1, err2 error
	pids[apiServer], err1 = r.PID("kube-apiserver")
	pids[store], err2 = r.PID("etcd")
	return pids, errors.Join(err1, err2)
}

// cpus is how much processor time each process has taken.
type cpus [allProcesses]time.Duration

func (r *rig) cpus() (taken cpus, err error) {
	pids, err := r.pids()
	if err != nil {
		return taken, err
	}
	for i, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return taken, err
		}
		if taken[i], err = cpu(text); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

func (c cpus) since(before cpus) cpus {
	for i := range c {
		c[i] -= before[i]
	}
	return c
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

// memory is how much memory a process has, and had at most, in bytes.
type memory struct{ resident, peak float64 }

func memoryOf(pid int) (memory, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}, err
	}
	return parseMemory(string(text))
}

func parseMemory(status string) (m memory, err error) {
	for line := range strings.Lines(status) {
		var kilobytes float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kilobytes); n == 1 {
			m.resident = kilobytes * 1024
		}
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); n == 1 {
			m.peak = kilobytes * 1024
		}
	}
	if m.resident == 0 || m.peak == 0 {
		return m, errors.New("/proc/PID/status does not tell of memory")
	}
	return m, nil
}

// loadAverage is how many processes wanted to run in the last minute.
func loadAverage() (load float64, known bool) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0, false
	}
	n, _ := fmt.Sscan(string(text), &load)
	return load, n == 1
}
