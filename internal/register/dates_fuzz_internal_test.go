package register

import (
	"strings"
	"testing"
	"time"
)

// FuzzDates holds that no text is read as a day that it does not write: a period is in
// order and of whole days, a calendar day is itself, and a time is at most a day from the
// day that stands before it, whatever its zone.
func FuzzDates(f *testing.F) {
	for _, text := range []string{"2026", "2026-02", "2026-02-28", "2026-02-30", "0001-01-01", "2016-12-31T23:59:60Z", "2026-01-02T03:04:05+14:00", "2026-01-02 03:04", "soon"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		day, err := time.Parse(time.DateOnly, text)
		if p, ok := parsePeriod(text); ok {
			if p.last.Before(p.first) || !p.first.Equal(p.first.Truncate(24*time.Hour)) || !p.last.Equal(p.last.Truncate(24*time.Hour)) {
				t.Errorf("%q: from %s until %s", text, p.first, p.last)
			}
			if err == nil && (!p.first.Equal(day) || !p.last.Equal(day)) {
				t.Errorf("%q: from %s until %s", text, p.first, p.last)
			}
		} else if err == nil {
			t.Errorf("%q is a day, and is not read", text)
		}
		at, ok := parseTime(text)
		if !ok {
			return
		}
		written, err := time.Parse(time.DateOnly, strings.TrimSpace(text)[:len(time.DateOnly)])
		if err != nil || at.Before(written.Add(-25*time.Hour)) || at.After(written.Add(49*time.Hour)) {
			t.Errorf("%q is read as %s", text, at)
		}
	})
}
