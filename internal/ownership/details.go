package ownership

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// details are what few records say of their share besides how much it is.
type details struct {
	class, joint string
	// through are the parties that an indirect share is held through, sorted.
	through []Node
	// maybe are those that it may be held through, where none are said, sorted.
	maybe []Node
}

func (d *details) compare(e *details) int {
	return cmp.Or(strings.Compare(d.class, e.class), strings.Compare(d.joint, e.joint), slices.Compare(d.through, e.through), slices.Compare(d.maybe, e.maybe))
}

// renamed are the details with other numbers for parties, without what may be.
func (d *details) renamed(rename func(Node) Node) details {
	r := details{class: d.class, joint: d.joint}
	for _, n := range d.through {
		r.through = append(r.through, rename(n))
	}
	r.through = sortedNodes(r.through)
	return r
}

// detailsList numbers details. The first are those of a record that says no more
// than a share.
type detailsList struct {
	all   []details
	index map[string]uint32
	key   []byte
}

func (l *detailsList) number(d details) uint32 {
	if l.index == nil {
		l.all, l.index = []details{{}}, map[string]uint32{}
	}
	if d.class == "" && d.joint == "" && len(d.through) == 0 && len(d.maybe) == 0 {
		return 0
	}
	l.key = appendSized(appendSized(l.key[:0], d.class), d.joint)
	for _, list := range [][]Node{d.through, d.maybe} {
		l.key = binary.AppendUvarint(l.key, uint64(len(list)))
		for _, n := range list {
			l.key = binary.LittleEndian.AppendUint32(l.key, uint32(n))
		}
	}
	n, ok := l.index[string(l.key)]
	if !ok {
		n = uint32(len(l.all))
		d.class, d.joint = strings.Clone(d.class), strings.Clone(d.joint)
		d.through, d.maybe = slices.Clone(d.through), slices.Clone(d.maybe)
		l.all = append(l.all, d)
		l.index[string(l.key)] = n
	}
	return n
}

func appendSized(key []byte, s string) []byte {
	return append(binary.AppendUvarint(key, uint64(len(s))), s...)
}

// memory is about how many bytes details take.
func memoryOf(all []details) int64 {
	bytes := int64(0)
	for i := range all {
		bytes += 80 + int64(len(all[i].class)+len(all[i].joint)+4*len(all[i].through)+4*len(all[i].maybe))
	}
	return bytes
}
