//go:build unix

package program

import (
	"syscall"
	"time"
)

// CPU is how much processor time this process has taken, which depends less on
// what else the machine does than the time on the clock.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
