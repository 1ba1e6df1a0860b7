// Package sessions runs the terminal sessions that pages print, and compares what is said
// with what is printed: on a real control plane with the chart, or without any cluster. Times, ages and
// the random part of names may differ. `go test ./test/sessions -update` writes what is
// said today into the pages; look at it.
package sessions
