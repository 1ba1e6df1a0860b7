package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// row is what one of them did.
type row struct {
	who          string
	load, answer time.Duration
	restricted   int
	memory       int64
	// partial says that this cannot find everybody.
	partial bool
}

// table is about one register.
type table struct {
	register register
	rows     []row
}

// agree is an error if two answers differ that may not.
func (t table) agree() error {
	want := t.rows[0].restricted
	for _, r := range t.rows {
		if r.restricted != want && !r.partial || r.restricted > want {
			return fmt.Errorf("%s finds %d restricted parties, %s %d", r.who, r.restricted, t.rows[0].who, want)
		}
	}
	return nil
}

func markdown(tables []table) string {
	var b strings.Builder
	for _, t := range tables {
		fmt.Fprintf(&b, "\n%s: %s parties, %s interests\n\n", strings.ToUpper(t.register.title[:1])+t.register.title[1:],
			thousands(t.register.of.Parties), thousands(t.register.of.Interests))
		b.WriteString("| | load | answer | restricted parties | memory |\n| --- | ---: | ---: | ---: | ---: |\n")
		for _, r := range t.rows {
			found := thousands(r.restricted)
			if missed := t.rows[0].restricted - r.restricted; missed > 0 {
				found += fmt.Sprintf(" (misses %s)", thousands(missed))
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.who, duration(r.load), duration(r.answer), found,
				fmt.Sprintf("%s MB", thousands(int(r.memory/1e6))))
		}
	}
	return b.String()
}

func duration(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d)/1e6)
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + " " + s[at:]
	}
	return s
}

// loadAverage is how many programs wanted a processor in the last minute, if the
// system says so.
func loadAverage() (load float64) {
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscanf(string(text), "%f", &load) // 0 if it cannot be read
	}
	return load
}

// machine says what the figures are from, and if they are not to be relied on:
// busy is the load before anything was measured.
func machine(busy float64) string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	text := fmt.Sprintf("Measured on %d cores (%s)", runtime.NumCPU(), model)
	if busy > 1 {
		text += fmt.Sprintf(" that other programs kept busy (load average %.0f): on a quiet machine all times are shorter", busy)
	}
	return text + ".\n"
}

// The page has what this command writes between these two lines.
const (
	begin = "<!-- make bench-compare writes from here -->\n"
	end   = "<!-- to here -->\n"
)

// writeInto replaces what stands between the two lines of the page.
func writeInto(page, text string) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the table: a line %q and a line %q", page, begin, end)
	}
	return os.WriteFile(page, []byte(before+begin+"\n"+text+"\n"+end+after), 0o644) //nolint:gosec // it is a page of the repository
}
