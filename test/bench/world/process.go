package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/domicile-dev/domicile/test/bench/procfs"
)

// processes are those whose processor time is counted.
const (
	apiServer    = replicas
	store        = replicas + 1
	allProcesses = replicas + 2
)

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
		if taken[i], err = procfs.CPU(pid); err != nil {
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

// loadAverage is how many processes wanted to run in the last minute.
func loadAverage() (load float64, known bool) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0, false
	}
	n, _ := fmt.Sscan(string(text), &load)
	return load, n == 1
}
