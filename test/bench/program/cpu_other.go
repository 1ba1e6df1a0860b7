//go:build !unix

package program

import "time"

// CPU is not known here.
func CPU() time.Duration { return 0 }
