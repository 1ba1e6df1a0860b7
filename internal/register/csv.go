package register

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/domicile-dev/domicile/internal/cut"
)

// table reads CSV with a heading, a row at a time.
type table struct {
	csv   *csv.Reader
	guard *rowGuard
	// column has the position of each name in the heading.
	column map[string]int
	row    []string
}

// maxColumns bounds a heading; that of GLEIF's level 1 has 338.
const maxColumns = 5000

// rowGuard bounds what is read for one row: a quote without an end would
// otherwise take in the rest of the file.
type rowGuard struct {
	r    io.Reader
	left int
}

func (g *rowGuard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errRecordTooLong
	}
	n, err := g.r.Read(p)
	g.left -= n
	return n, err
}

func newTable(r *bufio.Reader) (*table, error) {
	guard := &rowGuard{r: r, left: maxRecord}
	t := &table{csv: csv.NewReader(guard), guard: guard, column: map[string]int{}}
	t.csv.ReuseRecord = true
	if begin, err := r.Peek(1); err == nil && likeness(begin[0]) != "" {
		return nil, fmt.Errorf("it begins with %s%s", quote(string(begin)), likeness(begin[0]))
	}
	heading, err := t.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty")
	case err != nil:
		return nil, fmt.Errorf("heading: %w", err)
	case len(heading) > maxColumns:
		return nil, fmt.Errorf("heading: more than %d columns", maxColumns)
	}
	for i, name := range heading {
		if _, twice := t.column[name]; twice {
			return nil, fmt.Errorf("heading: the column %s stands there twice", quote(name))
		}
		t.column[cut.Prefix(name, maxName)] = i
	}
	return t, nil
}

// next reads the next row. A malformed row is an error that errors.As finds as a
// *csv.ParseError; after it, reading goes on.
func (t *table) next() (line int64, err error) {
	t.guard.left = maxRecord
	t.row, err = t.csv.Read()
	if err != nil {
		var malformed *csv.ParseError
		if errors.As(err, &malformed) {
			return int64(malformed.StartLine), err
		}
		return 0, err
	}
	at, _ := t.csv.FieldPos(0)
	return int64(at), nil
}

// has says whether the heading has all of these columns.
func (t *table) has(names ...string) bool {
	for _, name := range names {
		if _, ok := t.column[name]; !ok {
			return false
		}
	}
	return true
}

// position is where a column is, -1 if the table does not have it.
func (t *table) position(name string) int {
	if i, ok := t.column[name]; ok {
		return i
	}
	return -1
}

// value is what stands in a column of the row, "" if there is no such column.
func (t *table) value(position int) string {
	if position < 0 {
		return ""
	}
	return t.row[position]
}
