package manifest

import "fmt"

// Limits bound what is read. The zero value is not useful; see DefaultLimits.
type Limits struct {
	// Files is how many files are read, and Objects how many objects of them
	// all.
	Files, Objects int
	// Bytes is how large one file may be, and TotalBytes all of them.
	Bytes, TotalBytes int64
	// Values is about how many values one document may have: a value takes far
	// more memory than its text.
	Values int
	// Expansion is how much YAML aliases may add to one document, in bytes of
	// text and eight for each value.
	Expansion int
	// Depth is how deep maps and lists may be nested.
	Depth int
	// Errors is how many errors are collected.
	Errors int
}

// DefaultLimits leave room for the export of a large cluster.
var DefaultLimits = Limits{
	Files:      20_000,
	Objects:    200_000,
	Bytes:      32 << 20,
	TotalBytes: 256 << 20,
	Values:     3_000_000,
	Expansion:  8 << 20,
	Depth:      500,
	Errors:     50,
}

// size writes a number of bytes.
func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
