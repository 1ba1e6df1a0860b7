package translate

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
)

// Level is an object or a list around all that differs between two fields.
type Level struct {
	// Name is that of the member of the level above; "" if it is an item of a list.
	Name string
	// Text is its text in the field, and Other in the other one.
	Text, Other []byte

	index  int // of an item
	role   role
	wanted bool
}

// again reads a field that has much in common with the same field of another object. It is
// looked into only where they differ.
func (s *sieve) again(f, other *Field) error {
	start := s.start()
	if _, err := s.decoder.ReadValue(); err != nil {
		return err //nolint:wrapcheck // whoever reads the text says what is wrong with it
	}
	f.Text = s.since(start)
	if bytes.Equal(f.Text, other.Text) {
		f.kept, f.isKept, f.values = other.kept, other.isKept, other.values
		return nil
	}
	if s.change(f, other) {
		return nil
	}
	whole := sieve{decoder: DecodeAgain(f.Text), text: f.Text, kept: s.kept}
	defer PutBack(whole.decoder)
	err := whole.keep(f)
	s.kept = whole.kept
	return err
}

// littleText is how long a text is that may be read twice.
const littleText = 2 << 10

// change finds the innermost object or list around all that differs, and reads that alone.
// It is false if that has to be read as a whole.
func (s *sieve) change(f, other *Field) bool {
	levels := levelsOf(f, other)
	// What ends like the innermost one may be two: of [1],[2] and [2] the end is the same.
	return s.changeIn(levels, f, other) || len(levels) > 0 && s.changeIn(levels[:len(levels)-1], f, other)
}

// changeIn reads what stands at the last of the levels.
func (s *sieve) changeIn(levels []Level, f, other *Field) bool {
	if len(levels) < 2 {
		return false
	}
	if n := len(levels[len(levels)-1].Other); n > littleText && n > len(other.Text)/2 {
		return false // It is read in both, so it would take longer.
	}
	last, depth := &levels[len(levels)-1], len(levels)-1
	is, was := sieve{kept: s.kept}, sieve{}
	kept, isKept, ok := is.part(last.Text, last.role, last.wanted, depth)
	if !ok {
		return false
	}
	if _, _, ok = was.part(last.Other, last.role, last.wanted, depth); !ok {
		return false
	}
	s.kept = is.kept
	f.kept, f.isKept = graft(other.kept, other.isKept, levels, kept, isKept)
	f.values = other.values - was.values + is.values
	f.Change = levels[1:]
	return true
}

// part reads a text that is one value. What seemed to be one, as it begins and ends like
// one, need not be.
func (s *sieve) part(text []byte, r role, wanted bool, depth int) (kept any, isKept, ok bool) {
	s.decoder, s.text = DecodeAgain(text), text
	defer PutBack(s.decoder)
	kept, isKept, err := s.value(r, wanted, depth)
	return kept, isKept, err == nil && int(s.decoder.InputOffset()) == len(text)
}

// graft is what is kept of a value, of which something is kept already, once another part
// stands at the last of the levels.
func graft(kept any, isKept bool, levels []Level, part any, isPart bool) (any, bool) {
	if len(levels) == 1 {
		return part, isPart
	}
	next := levels[1]
	if levels[0].Text[0] == '[' {
		items, _ := kept.([]any)
		var was any // Nothing that is kept of a list is nil.
		if next.index < len(items) {
			was = items[next.index]
		}
		is, isKeptBelow := graft(was, was != nil, levels[1:], part, isPart)
		if was == nil && !isKeptBelow {
			return kept, isKept
		}
		items = slices.Clone(items)
		if !isKeptBelow {
			is = nil
		}
		items = append(items, make([]any, max(0, next.index+1-len(items)))...)
		items[next.index] = is
		for len(items) > 0 && items[len(items)-1] == nil {
			items = items[:len(items)-1]
		}
		return items, levels[0].wanted || len(items) > 0
	}
	members, _ := kept.(map[string]any)
	was, had := members[next.Name]
	is, isKeptBelow := graft(was, had, levels[1:], part, isPart)
	if !had && !isKeptBelow {
		return kept, isKept
	}
	if members = maps.Clone(members); members == nil {
		members = map[string]any{}
	}
	delete(members, next.Name)
	if isKeptBelow {
		members[next.Name] = is
	}
	return members, levels[0].wanted || len(members) > 0
}

// levelsOf are all objects and lists around what differs between a field and another one,
// from the outermost to the innermost.
func levelsOf(f, other *Field) []Level {
	from := samePrefix(f.Text, other.Text)
	to := len(other.Text) - sameSuffix(f.Text[from:], other.Text[from:])
	spans := around(other.Text, from, to)
	levels := make([]Level, len(spans))
	more := len(f.Text) - len(other.Text)
	for i, span := range spans {
		l := Level{Text: f.Text[span.start : span.end+more], Other: other.Text[span.start:span.end], index: span.index}
		switch {
		case i == 0:
			l.Name = f.Name
			l.role, l.wanted = memberOf(roleTop, []byte(f.Name))
		case span.name != nil:
			name := Unquoted(span.name)
			l.Name = string(name)
			l.role, l.wanted = memberOf(levels[i-1].role, name)
		case levels[i-1].role == roleSecrets:
			l.role = roleSecret
		}
		levels[i] = l
	}
	return levels
}

// span is an object or a list in a text, with its name or its index.
type span struct {
	start, end int
	name       []byte // with its quotes; nil for an item
	index      int
}

// mostLevels is how deep a change is looked for.
const mostLevels = 32

// around finds the objects and lists of a value that begin before one place and end at
// another one or later; none if they are too deep.
func around(text []byte, from, to int) []span {
	open := make([]span, 0, mostLevels)
	var name []byte           // of the value that comes
	isName, below := false, 0 // whether a string is a name; how many are open that began later
	index := make([]int, 1, mostLevels+1)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			end := endOfString(text, i)
			if isName && i < from {
				name = text[i:end]
			}
			isName, i = false, end-1
		case '{', '[':
			if i >= from {
				below++
				continue
			}
			if len(open) == mostLevels {
				return nil
			}
			open, index = append(open, span{start: i, name: name, index: index[len(index)-1]}), append(index, 0)
			name, isName = nil, text[i] == '{'
		case ',':
			if below == 0 && i < from {
				index[len(index)-1]++
				isName = text[open[len(open)-1].start] == '{'
				name = nil
			}
		case '}', ']':
			if below > 0 {
				below--
				continue
			}
			n := len(open) - 1
			if i < to { // It ends before what differs, or in the middle of it.
				open, index = open[:n], index[:n+1]
				continue
			}
			for n >= 0 && open[n].end != 0 {
				n--
			}
			open[n].end = i + 1
		}
	}
	return open
}

// endOfString is where a string ends that begins at a quote.
func endOfString(text []byte, at int) int {
	for at++; ; {
		at += bytes.IndexByte(text[at:], '"')
		escapes := 0
		for text[at-1-escapes] == '\\' {
			escapes++
		}
		if at++; escapes%2 == 0 {
			return at
		}
	}
}

// samePrefix is how long two texts are the same from their beginning on.
func samePrefix(a, b []byte) int {
	n, i := min(len(a), len(b)), 0
	for ; i+8 <= n; i += 8 {
		if differs := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); differs != 0 {
			return i + bits.TrailingZeros64(differs)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// sameSuffix is how long they are the same up to their end.
func sameSuffix(a, b []byte) int {
	n, i := min(len(a), len(b)), 0
	for ; i+8 <= n; i += 8 {
		if differs := binary.LittleEndian.Uint64(a[len(a)-i-8:]) ^ binary.LittleEndian.Uint64(b[len(b)-i-8:]); differs != 0 {
			return i + bits.LeadingZeros64(differs)/8
		}
	}
	for i < n && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return i
}
