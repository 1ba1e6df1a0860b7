package manager

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGarbageStaysInProportion(t *testing.T) {
	for name, tc := range map[string]struct {
		reason  string
		live    uint64
		percent int
	}{
		"nothing known":    {"Go's default", 0, 100},
		"few tenants":      {"as much as Go lets be: collecting more often costs requests time", 20 * mebibyte, 100},
		"at the bound":     {"the same", 64 * mebibyte, 100},
		"some":             {"no less than the bound", 100 * mebibyte, 64},
		"300,000 tenants":  {"half", 160 * mebibyte, 50},
		"a large register": {"no more than the upper bound", 1024 * mebibyte, 12},
	} {
		if got := gcPercent(tc.live); got != tc.percent {
			t.Errorf("%s: %d %%, want %d %% (%s)", name, got, tc.percent, tc.reason)
		}
	}
	for _, name := range []string{"/gc/heap/live:bytes", "/memory/classes/heap/free:bytes"} {
		runtime.GC()
		debug.SetGCPercent(100)
		if metric(name) == 0 {
			t.Errorf("%s: Go does not tell it", name)
		}
	}
}
