//go:build !linux

package cluster

import "syscall"

// attributes: a process group of its own, so that a terminal's ^C reaches only
// the parent.
func attributes(syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
