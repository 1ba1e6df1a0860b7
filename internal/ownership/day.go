package ownership

import (
	"math"
	"time"
)

// day counts UTC days since 1970-01-01.
type day int32

const (
	always day = math.MinInt32 // no limit as a first day
	never  day = math.MaxInt32 // no limit as an end

	secondsPerDay = 24 * 60 * 60
)

// dayOf is the UTC day of an instant; days that no calendar reaches are cut.
func dayOf(t time.Time) day {
	seconds := t.Unix()
	d := seconds / secondsPerDay
	if seconds%secondsPerDay < 0 {
		d--
	}
	return day(min(max(d, int64(always)+1), int64(never)-1))
}

// time is the first instant of the day.
func (d day) time() time.Time {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC()
}

// limit is the zero time if the day is no limit.
func (d day) limit() time.Time {
	if d == always || d == never {
		return time.Time{}
	}
	return d.time()
}
