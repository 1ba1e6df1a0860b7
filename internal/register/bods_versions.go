package register

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// maxRecords bounds how many records of JSON a register has.
const maxRecords = math.MaxUint32

// version is one statement about a record.
type version struct {
	record  uint64 // a hash of its id
	micros  int64  // when it was made
	ordinal uint32 // which statement it is, in the order of reading
	status  recordStatus
	dated   precision
}

// precision is how exactly the time of a statement is known.
type precision uint8

const (
	undated precision = iota // it may have been made at any time
	byDay
	byTime
)

// date puts down when a statement was made.
func (b *bodsReader) date(v *version, h *head, at place) {
	v.status = recordStatuses.of(h.RecordStatus)
	v.micros, v.dated = instant(h.StatementDate)
	if v.dated == undated && h.StatementDate != "" {
		b.remark(UnreadDate, at, "%s is no statementDate: it counts beside other statements of the record", quote(h.StatementDate))
	}
}

// instant reads the date or time of a statement; a date is its first instant.
func instant(s string) (micros int64, p precision) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.UnixMicro(), byDay
	}
	if t, ok := parseTime(s); ok {
		return t.UnixMicro(), byTime
	}
	return math.MinInt64, undated
}

// day is the day of a statement that has one.
func (v *version) day() int64 {
	const perDay = int64(24 * time.Hour / time.Microsecond)
	day := v.micros / perDay
	if v.micros%perDay < 0 {
		day--
	}
	return day
}

// versions finds the last statements of each record. It keeps 24 bytes for each
// statement until then, in parts, so that growing does not double all of it.
type versions struct {
	parts [256][]version
	count uint32
	// records are the hashes of all records, in order, once the last statements
	// are found: eight bytes for each.
	records [256][]uint64
}

func (v *versions) add(one version) {
	part := &v.parts[one.record>>56]
	*part = append(*part, one)
}

// has says whether there is a statement about a record.
func (v *versions) has(record uint64) bool {
	_, ok := slices.BinarySearch(v.records[record>>56], record)
	return ok
}

// latest says which statements are the last of their record.
type latest struct {
	last bits
	// tied are those of which a record has several. Once they have been compared,
	// differ has one for each record of which they say different things, and
	// unnamed those that say the same as others with other names.
	tied, differ, unnamed bits
	ties                  int
}

// latest finds the statements that are not certainly older than another one of
// their record.
func (v *versions) latest() latest {
	newSet := func() bits { return make(bits, v.count/64+1) }
	l := latest{last: newSet(), tied: newSet(), differ: newSet(), unnamed: newSet()}
	for p, part := range v.parts {
		slices.SortFunc(part, func(a, b version) int {
			return cmp.Or(cmp.Compare(a.record, b.record), cmp.Compare(a.micros, b.micros), cmp.Compare(a.ordinal, b.ordinal))
		})
		for len(part) > 0 {
			end := 1
			for end < len(part) && part[end].record == part[0].record {
				end++
			}
			v.records[p] = append(v.records[p], part[0].record)
			l.add(lastOf(part[:end]))
			part = part[end:]
		}
		v.parts[p] = nil
	}
	return l
}

func (l *latest) add(last []version) {
	for i := range last {
		l.last.add(last[i].ordinal)
		if len(last) > 1 {
			l.tied.add(last[i].ordinal)
			l.ties++
		}
	}
}

// lastOf gives the versions of one record, which are in the order of time, that
// are the last, at the end of the slice or in one of their own. Of two of one
// day the later status is later, unless both have a time. So it is where one has
// no date: a record begins as new and ends as closed.
func lastOf(record []version) []version {
	if len(record) == 1 {
		return record
	}
	newest := record[len(record)-1]
	var candidates []version
	status := map[precision]recordStatus{} // the latest of the candidates
	overall := begun
	latestTime := version{micros: math.MinInt64}
	for _, v := range record {
		overall = max(overall, v.status)
		if v.dated != undated && v.day() != newest.day() {
			continue
		}
		candidates = append(candidates, v)
		status[v.dated] = max(status[v.dated], v.status)
		if v.dated == byTime && (v.micros > latestTime.micros || v.status > latestTime.status) {
			latestTime = v
		}
	}
	last := slices.DeleteFunc(slices.Clone(candidates), func(v version) bool {
		switch v.dated {
		case byTime:
			return v.micros < latestTime.micros || v.status < latestTime.status || v.status < max(status[byDay], status[undated])
		case byDay:
			return v.status < max(status[byTime], status[byDay], status[undated])
		default:
			return v.status < overall
		}
	})
	if len(last) == 0 {
		// Each is older than another one: nothing says which is the last.
		return candidates
	}
	return last
}

// bits is a set of small numbers.
type bits []uint64

func (b bits) add(n uint32)      { b[n/64] |= 1 << (n % 64) }
func (b bits) remove(n uint32)   { b[n/64] &^= 1 << (n % 64) }
func (b bits) has(n uint32) bool { return int(n/64) < len(b) && b[n/64]&(1<<(n%64)) != 0 }

// hashes is a set of hashes, which is filled and then looked into.
type hashes []uint64

func (h *hashes) add(one uint64) { *h = append(*h, one) }

func (h *hashes) sort() {
	slices.Sort(*h)
	*h = slices.Compact(*h)
}

func (h hashes) has(one uint64) bool {
	_, ok := slices.BinarySearch(h, one)
	return ok
}
