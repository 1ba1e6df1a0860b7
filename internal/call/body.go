package call

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// errUncertain says that somebody else might read another name.
var errUncertain = errors.New("the name of the model is not certain")

// decoders are used again, so that reading allocates nothing.
var decoders = sync.Pool{New: func() any { return &bodyReader{decoder: jsontext.NewDecoder(bytes.NewReader(nil))} }}

type bodyReader struct {
	source  bytes.Reader
	decoder *jsontext.Decoder
}

// inBody reads the name out of a body of JSON. The whole body is read: a name that
// is there twice, in two cases, or in JSON that is not valid, is not certain,
// because the one who serves the request may read the other one.
func (m *Model) inBody(r *Request) (string, bool) {
	if r.BodyCut || len(r.Body) == 0 || len(r.Body) > m.MaxBody || !plain(r.Headers) {
		return "", false
	}
	reader, _ := decoders.Get().(*bodyReader)
	defer decoders.Put(reader)
	reader.source.Reset(r.Body)
	reader.decoder.Reset(&reader.source)
	w := walker{decoder: reader.decoder}
	if err := w.value(m.Pointer); err != nil || !w.found {
		return "", false
	}
	if _, err := w.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return "", false
	}
	return w.name, true
}

// plain says whether a body is as it was written: not compressed, and of no other
// type than JSON.
func plain(h Headers) bool {
	if encoding, n := h.Get("content-encoding"); n > 1 || n == 1 && !strings.EqualFold(encoding, "identity") {
		return false
	}
	kind, n := h.Get("content-type")
	if n != 1 {
		return n == 0
	}
	kind, _, _ = strings.Cut(kind, ";")
	kind = strings.TrimSpace(kind)
	return strings.EqualFold(kind, "application/json") || len(kind) > 5 && strings.EqualFold(kind[len(kind)-5:], "+json")
}

// walker follows a pointer through a value, and reads all the rest.
type walker struct {
	decoder *jsontext.Decoder
	name    string
	found   bool
}

// value reads one value; what the pointer leads to in it must be a string.
func (w *walker) value(pointer []string) error {
	switch {
	case len(pointer) == 0:
		token, err := w.decoder.ReadToken()
		if err != nil {
			return err
		}
		if token.Kind() != '"' {
			return errUncertain
		}
		w.name, w.found = token.String(), true
		return nil
	case w.decoder.PeekKind() == '{':
		return w.object(pointer)
	default:
		return w.decoder.SkipValue()
	}
}

// object reads an object. The decoder refuses names that are there twice.
func (w *walker) object(pointer []string) error {
	if _, err := w.decoder.ReadToken(); err != nil {
		return err
	}
	for w.decoder.PeekKind() == '"' {
		token, err := w.decoder.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		switch {
		case name == pointer[0]:
			err = w.value(pointer[1:])
		case strings.EqualFold(name, pointer[0]):
			return errUncertain
		default:
			err = w.decoder.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := w.decoder.ReadToken()
	return err
}
