package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// unit is what a value counts.
type unit uint8

const (
	nanoseconds unit = iota
	byteCount
	count
)

// row is one line of the table.
type row struct {
	name  string
	value float64
	unit  unit
	aim   float64 // 0 is none
}

func values(rows []row) map[string]float64 {
	m := make(map[string]float64, len(rows))
	for _, r := range rows {
		m[r.name] = r.value
	}
	return m
}

// printTable prints rows beside the values of the previous run.
func printTable(out io.Writer, rows []row, previous map[string]float64) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // but for the names, which are padded
	fmt.Fprintf(t, "\tnow\tprevious\tchange\taim\t\n")
	for _, r := range rows {
		before, change, aim := "-", "-", ""
		if p, ok := previous[r.name]; ok {
			before = r.unit.format(p)
			if p != 0 {
				change = fmt.Sprintf("%+.0f %%", 100*(r.value-p)/p)
			}
		}
		if r.aim != 0 {
			aim = "≤ " + r.unit.format(r.aim)
		}
		fmt.Fprintf(t, "%-54s\t%s\t%s\t%s\t%s\t\n", r.name, r.unit.format(r.value), before, change, aim)
	}
	_ = t.Flush() // A terminal that went away is nobody's to handle.
}

func (u unit) format(v float64) string {
	switch {
	case u == nanoseconds && v >= 1e9:
		return fmt.Sprintf("%.2f s", v/1e9)
	case u == nanoseconds && v >= 1e6:
		return fmt.Sprintf("%.1f ms", v/1e6)
	case u == nanoseconds && v >= 1e4:
		return fmt.Sprintf("%.0f µs", v/1e3)
	case u == nanoseconds:
		return fmt.Sprintf("%.0f ns", v)
	case u == byteCount && v >= 1e6:
		return fmt.Sprintf("%.1f MB", v/1e6)
	case u == byteCount:
		return fmt.Sprintf("%.1f B", v)
	default:
		return fmt.Sprintf("%.0f", v)
	}
}
