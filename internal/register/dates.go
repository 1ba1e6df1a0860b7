package register

import (
	"strings"
	"time"
)

// period is what a text that may say a year, a month or a day means: the first
// day that it may be, and the last.
type period struct{ first, last time.Time }

// parsePeriod reads YYYY, YYYY-MM, YYYY-MM-DD, or a time that begins so. Of a
// time, the day counts that stands there.
func parsePeriod(s string) (period, bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "T "); i >= 0 {
		s = s[:i]
	}
	var layout string
	var years, months, days int
	switch len(s) {
	case len("2006"):
		layout, years = "2006", 1
	case len("2006-01"):
		layout, months = "2006-01", 1
	case len("2006-01-02"):
		layout, days = "2006-01-02", 1
	default:
		return period{}, false
	}
	first, err := time.Parse(layout, s)
	if err != nil || first.IsZero() {
		return period{}, false
	}
	return period{first, first.AddDate(years, months, days).AddDate(0, 0, -1)}, true
}

// since reads the day on which something began: the earliest that it may be. What
// cannot be read is no limit.
func (t *tally) since(at place, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	p, ok := parsePeriod(s)
	if !ok {
		t.remark(UnreadDate, at, "%s is no date: the interest counts as having always been held", quote(s))
	}
	return p.first
}

// ended says what a date of an end is.
type ended bool

const (
	notOnThatDay ended = false // the first day on which it no longer holds
	onThatDay    ended = true  // the last day on which it holds
)

// until reads the day from which something no longer holds: the latest that it
// may be. What cannot be read is no limit.
func (t *tally) until(at place, s string, still ended) time.Time {
	if s == "" {
		return time.Time{}
	}
	p, ok := parsePeriod(s)
	switch {
	case !ok:
		t.remark(UnreadDate, at, "%s is no date: the interest counts as still being held", quote(s))
		return time.Time{}
	case still == onThatDay:
		return p.last.AddDate(0, 0, 1)
	default:
		return p.last
	}
}
