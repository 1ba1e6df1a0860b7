package register

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRecord bounds one record, in bytes. How deep it may nest is bounded by the
// library that decodes it.
const maxRecord = 16 << 20

// errRecordTooLong says that a record was passed over.
var errRecordTooLong = fmt.Errorf("a record of more than %d MiB is not read", maxRecord>>20)

// jsonRecords splits a stream into its records, without looking into them: the
// elements of an array, or the values on lines of their own. In an array a
// record that is not balanced takes the rest of the file with it; on lines, it
// is alone.
type jsonRecords struct {
	r       *bufio.Reader
	record  []byte // the last one; used again
	line    int64  // where reading is
	inArray bool
	// inObject says that the array is the only member of an object.
	inObject bool
	inLines  bool // each line is a record; otherwise they follow each other
	first    bool
}

func newJSONRecords(r *bufio.Reader) (*jsonRecords, error) {
	s := &jsonRecords{r: r, line: 1, first: true}
	c, err := s.skipSpace()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty")
	case err != nil:
		return nil, err
	case c == '[':
		s.inArray = true
		_, err = s.r.Discard(1)
		return s, err
	case c == '{':
		s.inLines = s.firstLineIsWhole()
		return s, nil
	}
	begin, _ := s.r.Peek(16)
	return nil, fmt.Errorf("it begins with %s%s", quote(string(begin)), likeness(c))
}

// likeness says what else a file may be.
func likeness(first byte) string {
	switch first {
	case '<':
		return ", as a page of HTML or XML does"
	case 0xff, 0xfe, 0:
		return ", which is not UTF-8"
	default:
		return ""
	}
}

// firstLineIsWhole says whether the first line is a value as a whole. One that
// is too long to see at once is taken for a line: what prints values over
// several lines begins with a short one.
func (s *jsonRecords) firstLineIsWhole() bool {
	begin, _ := s.r.Peek(s.r.Size())
	end := bytes.IndexByte(begin, '\n')
	if end < 0 {
		return true
	}
	var b balance
	return b.end(begin[:end]) >= 0
}

// next returns the next record, which is valid until the next call, and the line
// that it begins on. io.EOF is the end; errRecordTooLong says that one record
// was left out; any other error is the end, too.
func (s *jsonRecords) next() (record []byte, line int64, err error) {
	c, err := s.skipSpace()
	if s.inArray && err == nil {
		c, err = s.separator(c)
		if err == nil && c == ']' {
			return nil, s.line, s.afterArray()
		}
	}
	if err != nil {
		if s.inArray && errors.Is(err, io.EOF) {
			err = fmt.Errorf("line %d: the file is cut off: the array has no end", s.line)
		}
		return nil, s.line, err
	}
	s.first = false
	line = s.line
	s.record = s.record[:0]
	if s.inLines {
		return s.readLine(line)
	}
	if c != '{' {
		return nil, line, fmt.Errorf("line %d: %s where a record should begin", line, quote(string(c)))
	}
	return s.readBalanced(line)
}

// separator reads the comma between two elements; it returns what comes next.
func (s *jsonRecords) separator(c byte) (byte, error) {
	if s.first || c == ']' {
		return c, nil
	}
	if c != ',' {
		return 0, fmt.Errorf("line %d: %s where a comma or the end of the array should be", s.line, quote(string(c)))
	}
	if _, err := s.r.Discard(1); err != nil {
		return 0, err
	}
	c, err := s.skipSpace()
	if err == nil && c == ']' {
		err = fmt.Errorf("line %d: the array ends after a comma", s.line)
	}
	return c, err
}

func (s *jsonRecords) afterArray() error {
	if _, err := s.r.Discard(1); err != nil {
		return err
	}
	c, err := s.skipSpace()
	if s.inObject {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("line %d: the file is cut off: the object has no end", s.line)
		}
		if err == nil && c == '}' {
			s.inObject = false
			return s.afterArray()
		}
	}
	if err == nil {
		return fmt.Errorf("line %d: %s after the end of the array", s.line, quote(string(c)))
	}
	return err
}

// skipSpace returns the next byte that is not white space, without reading it.
func (s *jsonRecords) skipSpace() (byte, error) {
	for {
		b, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch b {
		case '\n':
			s.line++
		case ' ', '\t', '\r':
		default:
			return b, s.r.UnreadByte()
		}
	}
}

func (s *jsonRecords) readLine(line int64) ([]byte, int64, error) {
	tooLong := false
	for {
		part, err := s.r.ReadSlice('\n')
		if tooLong = tooLong || len(s.record)+len(part) > maxRecord; !tooLong {
			s.record = append(s.record, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, line, err
		}
		s.line++
		if tooLong {
			return nil, line, errRecordTooLong
		}
		return s.record, line, nil
	}
}

func (s *jsonRecords) readBalanced(line int64) ([]byte, int64, error) {
	var b balance
	tooLong := false
	for {
		if _, err := s.r.Peek(1); err != nil {
			if errors.Is(err, io.EOF) {
				err = fmt.Errorf("line %d: the file is cut off: the record that begins here has no end", line)
			}
			return nil, line, err
		}
		part, err := s.r.Peek(s.r.Buffered())
		if err != nil {
			return nil, line, err
		}
		end := b.end(part)
		if end >= 0 {
			part = part[:end]
		}
		if tooLong = tooLong || len(s.record)+len(part) > maxRecord; !tooLong {
			s.record = append(s.record, part...)
		}
		s.line += int64(bytes.Count(part, []byte{'\n'}))
		if _, err := s.r.Discard(len(part)); err != nil {
			return nil, line, err
		}
		switch {
		case end >= 0 && tooLong:
			return nil, line, errRecordTooLong
		case end >= 0:
			return s.record, line, nil
		}
	}
}

// balance finds where a value ends that comes in parts.
type balance struct {
	depth            int
	inText, afterBar bool
}

// end is the length of the part that still belongs to the value, -1 if all of it
// does and more has to come.
func (b *balance) end(part []byte) int {
	for i, c := range part {
		switch {
		case b.afterBar:
			b.afterBar = false
		case c == '"':
			b.inText = !b.inText
		case b.inText:
			b.afterBar = c == '\\'
		case c == '{' || c == '[':
			b.depth++
		case c == '}' || c == ']':
			if b.depth--; b.depth <= 0 {
				return i + 1
			}
		}
	}
	return -1
}
