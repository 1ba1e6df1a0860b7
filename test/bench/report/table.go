// Package report prints what a benchmark measured beside what its previous run
// measured and what is aimed at, and keeps it for the next run.
package report

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Unit is what a value counts.
type Unit uint8

// The units.
const (
	Nanoseconds Unit = iota
	Bytes
	Count
	Number
	Percent
	Ratio
)

// Row is one line of the table.
type Row struct {
	Name  string
	Value float64
	Unit  Unit
	// Aim is the most that the value should be; 0 is none.
	Aim float64
}

// Missed says whether the value is more than it should be.
func (r Row) Missed() bool { return r.Aim != 0 && r.Value > r.Aim }

// Values are the values by name.
func Values(rows []Row) map[string]float64 {
	m := make(map[string]float64, len(rows))
	for _, r := range rows {
		m[r.Name] = r.Value
	}
	return m
}

// Print prints rows beside the values of the previous run.
func Print(out io.Writer, rows []Row, previous map[string]float64) {
	widest := 0
	for _, r := range rows {
		widest = max(widest, len([]rune(r.Name)))
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // but for the names, which are padded
	fmt.Fprintf(t, "\tnow\tprevious\tchange\taim\t\t\n")
	for _, r := range rows {
		before, change, aim, missed := "-", "-", "", ""
		if p, ok := previous[r.Name]; ok {
			before = r.Unit.format(p)
			if p != 0 {
				change = fmt.Sprintf("%+.0f %%", 100*(r.Value-p)/p)
			}
		}
		if r.Aim != 0 {
			aim = "≤ " + r.Unit.format(r.Aim)
		}
		if r.Missed() {
			missed = "missed"
		}
		fmt.Fprintf(t, "%-*s\t%s\t%s\t%s\t%s\t%s\t\n", widest, r.Name, r.Unit.format(r.Value), before, change, aim, missed)
	}
	_ = t.Flush() // A terminal that went away is nobody's to handle.
}

func (u Unit) format(v float64) string {
	switch {
	case u == Nanoseconds && v >= 1e9:
		return fmt.Sprintf("%.2f s", v/1e9)
	case u == Nanoseconds && v >= 1e6:
		return fmt.Sprintf("%.1f ms", v/1e6)
	case u == Nanoseconds && v >= 1e4:
		return fmt.Sprintf("%.0f µs", v/1e3)
	case u == Nanoseconds:
		return fmt.Sprintf("%.0f ns", v)
	case u == Bytes && v >= 1<<20:
		return fmt.Sprintf("%.1f MiB", v/(1<<20))
	case u == Bytes:
		return fmt.Sprintf("%.1f B", v)
	case u == Number:
		return fmt.Sprintf("%.1f", v)
	case u == Percent:
		return fmt.Sprintf("%.1f %%", v)
	case u == Ratio:
		return fmt.Sprintf("%.2fx", v)
	default:
		return fmt.Sprintf("%.0f", v)
	}
}
