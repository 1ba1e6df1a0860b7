package register

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// listsOfJSON are the names under which the golden copy has its records.
var listsOfJSON = []string{"records", "relations", "exceptions"}

// jsonFile reads a file of JSON: an object with a list of records, as the golden
// copy has it, or the records alone, as a list or on lines.
func (g *gleifReader) jsonFile(r *bufio.Reader, at place) error {
	records, err := newWrappedRecords(r)
	if err != nil {
		return fmt.Errorf("%w; expected %s", err, expectedGLEIF)
	}
	return jsonFile[gleifRecord]{
		decode:  func(record []byte, _ uint32, into *gleifRecord) error { return decode(record, into) },
		ordinal: &g.ordinal,
		use: func(record *gleifRecord, err error, at place) error {
			g.records++
			g.options.Progress.records(1)
			if err != nil {
				g.refuse(at, "%v", err)
				return nil
			}
			return g.use(record, at)
		},
	}.pipeline(records, at)
}

// newWrappedRecords is newJSONRecords, which also finds the records in an object
// that has nothing but a list of them.
func newWrappedRecords(r *bufio.Reader) (*jsonRecords, error) {
	const enough = 1 << 10
	begin, err := r.Peek(enough)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	d := jsontext.NewDecoder(strings.NewReader(string(begin)))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return newJSONRecords(r)
	}
	t, err := d.ReadToken()
	if err != nil || t.Kind() != '"' {
		return newJSONRecords(r)
	}
	name := t.String()
	if t, err = d.ReadToken(); err != nil || t.Kind() != '[' {
		return newJSONRecords(r)
	}
	if !slices.Contains(listsOfJSON, name) {
		return nil, fmt.Errorf("it begins with a list %s, and GLEIF's are %s", quote(name), strings.Join(listsOfJSON, ", "))
	}
	lines := int64(strings.Count(string(begin[:d.InputOffset()]), "\n"))
	if _, err := r.Discard(int(d.InputOffset())); err != nil {
		return nil, err
	}
	return &jsonRecords{r: r, line: 1 + lines, first: true, inArray: true, inObject: true}, nil
}

// UnmarshalJSONFrom reads a record of any kind; its kind follows from what it has.
func (r *gleifRecord) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '{' {
		return d.SkipValue() // of no kind
	}
	if err := r.value(d, gleifElements); err != nil {
		return err
	}
	if r.kind == severalKinds {
		r.wrong = errors.New("records of several kinds in one")
	}
	return nil
}

// value reads the value of an element: a text, an object of elements, attributes
// and text, or a list of these.
func (r *gleifRecord) value(d *jsontext.Decoder, e *element) error {
	switch d.PeekKind() {
	case '[':
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for d.PeekKind() != ']' {
			if err := r.value(d, e); err != nil {
				return err
			}
		}
		_, err := d.ReadToken()
		return err
	case '{':
		r.begin(e.what)
		return r.members(d, e)
	default:
		t, err := d.ReadToken()
		if err == nil && t.Kind() != 'n' && e.what != nothingRead {
			r.set(e.what, t.String())
		}
		return err
	}
}

func (r *gleifRecord) members(d *jsontext.Decoder, e *element) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil {
			return err
		}
		var inner *element
		switch name := t.String(); {
		case name == "$":
			inner = &element{what: e.what}
		case e == gleifElements && slices.Contains(wrappers, name):
			inner = gleifElements
		default:
			inner = e.find(strings.TrimPrefix(name, "@"))
		}
		if kind := kindsOfJSON[t.String()]; e == gleifElements && kind != unknownKind {
			if r.kind != unknownKind && r.kind != kind {
				kind = severalKinds
			}
			r.kind = kind
		}
		if inner == nil {
			err = d.SkipValue()
		} else {
			err = r.value(d, inner)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// kindsOfJSON say of which kind a record is that has such a member.
var kindsOfJSON = map[string]gleifKind{"Entity": level1, "Relationship": level2, "ExceptionCategory": exceptions, "ExceptionReason": exceptions}

// wrappers are elements that a record may have around it.
var wrappers = []string{"LEIRecord", "RelationshipRecord", "Exception"}
