package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/test/bench/report"
)

// stopwatch collects rows.
type stopwatch struct {
	ctx      context.Context
	progress io.Writer
	// patience is how long something is repeated.
	patience time.Duration
	rows     []report.Row
}

// enough is how often something is repeated, if patience lasts.
const enough = 9

// time adds the median of several runs of something.
func (w *stopwatch) time(name string, aim time.Duration, do func()) {
	w.timed(name, aim, func() time.Duration {
		begin := time.Now()
		do()
		return time.Since(begin)
	})
}

// timed is time for something that times itself.
func (w *stopwatch) timed(name string, aim time.Duration, do func() time.Duration) {
	if w.ctx.Err() != nil {
		return
	}
	fmt.Fprintf(w.progress, "  %s …", name)
	var runs []time.Duration
	for begin := time.Now(); len(runs) == 0 || len(runs) < enough && time.Since(begin) < w.patience && w.ctx.Err() == nil; {
		runs = append(runs, do())
	}
	slices.Sort(runs)
	median := runs[len(runs)/2]
	fmt.Fprintf(w.progress, " %s\n", median)
	w.add(report.Row{Name: name, Value: float64(median), Unit: report.Nanoseconds, Aim: float64(aim)})
}

// many adds how long something takes that is done in no time, and how often it
// allocates.
func (w *stopwatch) many(name string, aim time.Duration, do func()) {
	const often = 10_000
	w.timed(name, aim, func() time.Duration {
		begin := time.Now()
		for range often {
			do()
		}
		return time.Since(begin) / often
	})
	w.add(report.Row{Name: name + ": allocations", Value: testing.AllocsPerRun(100, do), Unit: report.Count})
}

func (w *stopwatch) add(r report.Row) { w.rows = append(w.rows, r) }

// heap is how many bytes are in use.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
