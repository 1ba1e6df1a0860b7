package cluster

import "syscall"

// attributes: a process group of its own, so that a terminal's ^C reaches only
// the parent, and a signal when the thread that started the process ends.
func attributes(whenOrphaned syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: whenOrphaned}
}
