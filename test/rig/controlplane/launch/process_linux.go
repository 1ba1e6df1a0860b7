package launch

import "syscall"

// attributes: a process group of its own, so that a terminal's ^C reaches only
// the parent, and death with the parent, however it ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
