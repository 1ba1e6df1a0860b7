//go:build !linux

package launch

import "syscall"

// attributes: a process group of its own, so that a terminal's ^C reaches only
// the parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
