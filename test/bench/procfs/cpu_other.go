//go:build !linux

package procfs

import (
	"errors"
	"time"
)

// CPU is not known here.
func CPU(int) (time.Duration, error) { return 0, errors.ErrUnsupported }
