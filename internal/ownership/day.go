package ownership

import (
	"math"
	"math/bits"
	"slices"
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

// boundariesOf are the days on which any of the records begins or ends, sorted.
func boundariesOf(records []record) []day {
	var days daySet
	days.addAll(records)
	return days.sorted()
}

// sameDays says whether records begin and end on the same days as others.
func sameDays(a, b []record) bool { return slices.Equal(limitsOf(a), limitsOf(b)) }

// limitsOf are the days on which few records begin or end, sorted.
func limitsOf(records []record) (days []day) {
	for i := range records {
		for _, d := range [...]day{records[i].since, records[i].until} {
			if d != always && d != never {
				days = append(days, d)
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// daySet collects days.
type daySet struct {
	near []uint64 // a bit for each day that a calendar of this age has
	far  map[day]bool
}

// nearDays is how many days before and after 1970 are near: some 700 years.
const nearDays = 1 << 18

// addAll adds the days on which any of the records begins or ends.
func (s *daySet) addAll(records []record) {
	for i := range records {
		s.add(records[i].since)
		s.add(records[i].until)
	}
}

func (s *daySet) add(d day) {
	switch {
	case d == always || d == never:
	case -nearDays <= d && d < nearDays:
		if s.near == nil {
			s.near = make([]uint64, 2*nearDays/64)
		}
		at := d + nearDays
		s.near[at/64] |= 1 << (at % 64)
	default:
		if s.far == nil {
			s.far = map[day]bool{}
		}
		s.far[d] = true
	}
}

func (s *daySet) sorted() []day {
	var days []day
	for d := range s.far {
		days = append(days, d)
	}
	for i, word := range s.near {
		for ; word != 0; word &= word - 1 {
			days = append(days, day(i*64+bits.TrailingZeros64(word))-nearDays)
		}
	}
	slices.Sort(days)
	return days
}
