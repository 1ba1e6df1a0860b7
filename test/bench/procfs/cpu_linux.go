package procfs

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is how much processor time a process has taken, from the clock that the kernel has
// for each: /proc knows hundredths of a second.
func CPU(pid int) (time.Duration, error) {
	const all = 2 // threads, in user and in system mode: CPUCLOCK_SCHED
	var taken unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|all), &taken); err != nil { //nolint:gosec // the kernel's own arithmetic
		return 0, fmt.Errorf("the processor time of process %d: %w", pid, err)
	}
	return time.Duration(taken.Nano()), nil
}
