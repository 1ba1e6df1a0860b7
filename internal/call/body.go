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

// walkers are used again, so that reading allocates nothing.
var walkers = sync.Pool{New: func() any { return &walker{decoder: jsontext.NewDecoder(&bytes.Buffer{})} }}

// inBody appends the name that a body of JSON has. The whole body is read: a name that
// is there twice, in two cases, or in JSON that is not valid, is not certain,
// because the one who serves the request may read the other one.
func (m *Model) inBody(r *Request, into []byte) ([]byte, bool) {
	if r.BodyCut || len(r.Body) == 0 || len(r.Body) > m.MaxBody || !plain(r.Headers) {
		return into, false
	}
	w, _ := walkers.Get().(*walker)
	defer walkers.Put(w)
	defer w.begin(nil) // nothing of the body stays
	w.begin(r.Body)
	if err := w.value(m.Pointer); err != nil || !w.found {
		return into, false
	}
	if _, err := w.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return into, false
	}
	return append(into, w.name...), true
}

// plain says whether a body is as it was written: not compressed, of no other type than
// JSON, and in UTF-8. In another character set the same bytes may be other members.
func plain(h Headers) bool {
	if encoding, n := h.Get("content-encoding"); n > 1 || n == 1 && !strings.EqualFold(encoding, "identity") {
		return false
	}
	kind, n := h.Get("content-type")
	if n != 1 {
		return n == 0
	}
	kind, parameters, _ := strings.Cut(kind, ";")
	kind = strings.TrimSpace(kind)
	const suffix = "+json"
	json := strings.EqualFold(kind, "application/json") || len(kind) > len(suffix) && strings.EqualFold(kind[len(kind)-len(suffix):], suffix)
	return json && inUTF8(parameters)
}

// inUTF8 says whether no parameter of a content type names another character set. It
// divides them at every semicolon, also inside of quotes, so that none is hidden.
func inUTF8(parameters string) bool {
	if strings.Contains(parameters, ",") {
		return false // a second type
	}
	const charset = "charset"
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if len(name) < len(charset) || !strings.EqualFold(name[:len(charset)], charset) {
			continue
		}
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)
		if len(name) > len(charset) || !strings.EqualFold(value, "utf-8") && !strings.EqualFold(value, "utf8") {
			return false
		}
	}
	return true
}

// walker follows a pointer through a value, and reads all the rest.
type walker struct {
	body    bytes.Buffer // which the decoder does not copy
	decoder *jsontext.Decoder
	name    []byte
	found   bool
}

// maxQuoted bounds a name as it stands in JSON, where a letter may be an escape.
const maxQuoted = len(`""`) + MaxModelName*len(`\u0041`)

func (w *walker) begin(body []byte) {
	w.body, w.found = *bytes.NewBuffer(body), false
	w.decoder.Reset(&w.body)
}

// value reads one value; what the pointer leads to in it must be a string.
func (w *walker) value(pointer []string) error {
	switch {
	case len(pointer) == 0:
		quoted, err := w.decoder.ReadValue()
		if err != nil {
			return err
		}
		if quoted.Kind() != '"' || len(quoted) > maxQuoted {
			return errUncertain
		}
		w.found = true
		w.name, err = jsontext.AppendUnquote(w.name[:0], quoted)
		return err
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
		text, _, _ := strings.Cut(name, "\x00") // where text of C ends
		switch {
		case name == pointer[0]:
			err = w.value(pointer[1:])
		case strings.EqualFold(text, pointer[0]):
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
