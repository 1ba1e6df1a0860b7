package register

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"time"
)

// maxRecords bounds how many records of JSON a register has.
const maxRecords = math.MaxUint32

// version is one statement about a record.
type version struct {
	record  uint64 // a hash of its id
	when    int64
	tie     uint32 // a hash of the statement, to have an order where none is said
	ordinal uint32 // which statement it is, in the order of reading
}

// versions finds the last statement of each record. It keeps 24 bytes for each
// statement until then, in parts, so that growing does not double all of it.
type versions struct {
	parts [256][]version
	count uint32
}

func (v *versions) add(one version) {
	part := &v.parts[one.record>>56]
	*part = append(*part, one)
}

// last gives the statements that are the last of their record.
func (v *versions) last() bits {
	last := make(bits, v.count/64+1)
	for p, part := range v.parts {
		slices.SortFunc(part, func(a, b version) int {
			return cmp.Or(cmp.Compare(a.record, b.record), cmp.Compare(a.when, b.when), cmp.Compare(a.tie, b.tie), cmp.Compare(a.ordinal, b.ordinal))
		})
		for i, one := range part {
			if i == len(part)-1 || part[i+1].record != one.record {
				last.add(one.ordinal)
			}
		}
		v.parts[p] = nil
	}
	return last
}

// bits is a set of small numbers.
type bits []uint64

func (b bits) add(n uint32)      { b[n/64] |= 1 << (n % 64) }
func (b bits) has(n uint32) bool { return int(n/64) < len(b) && b[n/64]&(1<<(n%64)) != 0 }

// instant reads the date or time of a statement; a date is its first instant.
func instant(s string) (seconds int64, ok bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if len(layout) > len(time.DateOnly) && len(s) <= len(time.DateOnly) {
			break
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t.Unix(), true
		}
	}
	return math.MinInt64 >> 3, false
}

// replacements knows which statements of BODS 0.3 are replaced, and of those
// about parties, by which: other statements may still refer to the old one.
type replacements struct {
	seed  maphash.Seed
	gone  map[uint64]struct{}
	newer map[string]string
}

func (r *replacements) add(old, newer string, party bool) {
	if old == newer || len(old) > maxKey {
		return
	}
	if r.gone == nil {
		r.gone, r.newer = map[uint64]struct{}{}, map[string]string{}
	}
	r.gone[maphash.String(r.seed, old)] = struct{}{}
	if !party {
		return
	}
	// Of several statements that replace one, references go to the first by
	// name, in whatever order they come.
	if other, ok := r.newer[old]; !ok || newer < other {
		r.newer[old] = newer
	}
}

// resolve lets every replaced statement lead to the last one. Statements that
// replace each other in a circle are all kept, for none is the last.
func (r *replacements) resolve() {
	last := map[string]string{}
	for old := range r.newer {
		at, seen := old, map[string]bool{}
		for !seen[at] {
			seen[at] = true
			next, ok := r.newer[at]
			if !ok {
				break
			}
			at = next
		}
		if _, circle := r.newer[at]; circle {
			continue
		}
		last[old] = at
	}
	for old := range r.newer {
		if _, ok := last[old]; !ok {
			delete(r.gone, maphash.String(r.seed, old))
		}
	}
	r.newer = last
}

func (r *replacements) has(statement string) bool {
	if r.gone == nil {
		return false
	}
	_, ok := r.gone[maphash.String(r.seed, statement)]
	return ok
}

// of is the statement that a reference leads to.
func (r *replacements) of(statement string) string {
	if newer, ok := r.newer[statement]; ok {
		return newer
	}
	return statement
}
