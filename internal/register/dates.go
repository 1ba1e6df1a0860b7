package register

import (
	"strings"
	"time"
)

// period is what a text that may say a year, a month or a day means: the first
// day that it may be, and the last.
type period struct{ first, last time.Time }

// parsePeriod reads YYYY, YYYY-MM, YYYY-MM-DD, or a time or day with a zone that
// begins so. Of a time, the day counts that stands there.
func parsePeriod(s string) (period, bool) {
	s = strings.TrimSpace(s)
	if len(s) > len(time.DateOnly) && timeOrZone(s[len(time.DateOnly):]) {
		s = s[:len(time.DateOnly)]
	}
	var layout string
	var years, months, days int
	switch len(s) {
	case len("2006"):
		layout, years = "2006", 1
	case len("2006-01"):
		layout, months = "2006-01", 1
	case len("2006-01-02"):
		layout, days = time.DateOnly, 1
	default:
		return period{}, false
	}
	first, err := time.Parse(layout, s)
	if err != nil {
		return period{}, false
	}
	return period{first, first.AddDate(years, months, days).AddDate(0, 0, -1)}, true
}

// timeOrZone says whether what follows a day is a time or a zone, and not the rest
// of something else, such as a second day.
func timeOrZone(s string) bool {
	digits := func(at int) bool {
		return len(s) >= at+3 && '0' <= s[at] && s[at] <= '9' && '0' <= s[at+1] && s[at+1] <= '9' && s[at+2] == ':'
	}
	switch s[0] {
	case 'T', 't', ' ':
		return digits(1)
	case '+', '-':
		return digits(1) && len(s) == len("+00:00")
	default:
		return s == "Z" || s == "z"
	}
}

// parseTime reads a time of RFC 3339, in which "t" and "z" may be lower case and
// a minute may have 61 seconds, and what else is written in its place: a blank
// for the "T", no seconds, no zone (then UTC) or one without a colon.
func parseTime(s string) (time.Time, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) < len("2006-01-02T15:04") || len(s) > len("2006-01-02T15:04:05.999999999+00:00") {
		return time.Time{}, false
	}
	day, clock := s[:len(time.DateOnly)], s[len(time.DateOnly)+1:]
	if c := s[len(time.DateOnly)]; c != 'T' && c != ' ' {
		return time.Time{}, false
	}
	leap := time.Duration(0)
	if len(clock) >= len("15:04:60") && clock[len("15:04"):len("15:04:60")] == ":60" {
		clock, leap = clock[:len("15:04")]+":59"+clock[len("15:04:60"):], time.Second
	}
	for _, layout := range []string{"15:04:05Z07:00", "15:04:05", "15:04:05Z0700", "15:04:05Z07", "15:04Z07:00", "15:04"} {
		if t, err := time.Parse(time.DateOnly+" "+layout, day+" "+clock); err == nil {
			return t.Add(leap), true
		}
	}
	return time.Time{}, false
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
// may be. What cannot be read is no limit, nor is the year 1, which programs
// write in place of no date.
func (t *tally) until(at place, s string, still ended) time.Time {
	if s == "" {
		return time.Time{}
	}
	p, ok := parsePeriod(s)
	switch {
	case !ok || p.first.Year() == 1:
		t.remark(UnreadDate, at, "%s is no date: the interest counts as still being held", quote(s))
		return time.Time{}
	case still == onThatDay:
		return p.last.AddDate(0, 0, 1)
	default:
		return p.last
	}
}
