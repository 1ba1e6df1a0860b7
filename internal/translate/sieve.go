package translate

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// sieve reads values and keeps what the walker looks at: it may keep too much, but never
// too little. What it keeps has the place that it has in the whole, so that the walker
// finds the same in both.
//
//nolint:wrapcheck // in this file: whoever reads the text says what is wrong with it
type sieve struct {
	decoder *jsontext.Decoder
	text    []byte
	values  int // that have been read
	kept    int
}

// errNoObject is a value where an object must be.
var errNoObject = errors.New("a value is no object")

// errNumber is a number for which there is no float64.
var errNumber = errors.New("a number is larger than any that can be read")

// field reads a field at the top.
func (s *sieve) field(f, like *Field) error {
	switch {
	case f.Name == "status": // Nothing comes of it.
		start := s.start()
		err := s.skip()
		f.Text = s.since(start)
		return err
	case f.Name == "data" || f.Name == "stringData":
		start := s.start()
		err := s.skip()
		f.Text, f.left = s.since(start), true
		return err
	case f.Name != "metadata" && like != nil && s.isLike(like.Text):
		return s.again(f, like)
	default:
		return s.keep(f)
	}
}

// keep reads a field at the top and keeps what is looked at.
func (s *sieve) keep(f *Field) (err error) {
	start := s.start()
	r, wanted := memberOf(roleTop, []byte(f.Name))
	s.values = 0
	f.kept, f.isKept, err = s.value(r, wanted, 0)
	f.Text, f.values = s.since(start), s.values
	return err
}

// isLike says whether a list or an object comes next, as another value is one.
func (s *sieve) isLike(other []byte) bool {
	kind := s.decoder.PeekKind()
	return (kind == '{' || kind == '[') && len(other) > 0 && other[0] == byte(kind)
}

// start is where the value stands that comes after a name.
func (s *sieve) start() int {
	at := int(s.decoder.InputOffset())
	for at < len(s.text) && strings.IndexByte(": \t\r\n", s.text[at]) >= 0 {
		at++
	}
	return at
}

// since is what has been read from somewhere on.
func (s *sieve) since(start int) []byte {
	end := max(start, int(s.decoder.InputOffset()))
	return s.text[start:end:end]
}

// value reads a value. wanted says that it is kept, whatever it is.
func (s *sieve) value(r role, wanted bool, depth int) (kept any, isKept bool, err error) {
	s.values++
	switch kind := s.decoder.PeekKind(); {
	case (kind == '{' || kind == '[') && depth >= maxDepth:
		return map[string]any{}, true, s.skip() // The walker says that it is too deep.
	case kind == '{':
		return s.object(r, wanted, depth+1)
	case kind == '[':
		return s.list(r, wanted, depth+1)
	case kind == '"' && (wanted || r == roleAccount || r == roleSecret):
		raw, err := s.read()
		if err != nil {
			return nil, false, err
		}
		return string(Unquoted(raw)), true, nil
	default:
		return nil, wanted, s.token()
	}
}

func (s *sieve) object(r role, wanted bool, depth int) (any, bool, error) {
	if err := s.begin(); err != nil {
		return nil, false, err
	}
	var members map[string]any
	if wanted {
		members = map[string]any{}
	}
	for {
		name, more, err := s.name()
		if err != nil || !more {
			return members, members != nil, err
		}
		if r == roleMetadata && string(name) == managedFields {
			if err := s.skip(); err != nil {
				return nil, false, err
			}
			continue
		}
		below, wanted := memberOf(r, name)
		kept, isKept, err := s.value(below, wanted, depth)
		if err != nil {
			return nil, false, err
		}
		if isKept && s.room() {
			if members == nil {
				members = map[string]any{}
			}
			members[string(name)] = kept
		}
	}
}

func (s *sieve) list(r role, wanted bool, depth int) (any, bool, error) {
	if _, err := s.decoder.ReadToken(); err != nil {
		return nil, false, err
	}
	below := roleNone
	if r == roleSecrets {
		below = roleSecret
	}
	var items []any
	for i := 0; s.decoder.PeekKind() != ']'; i++ {
		kept, isKept, err := s.value(below, false, depth)
		if err != nil {
			return nil, false, err
		}
		if isKept && s.room() {
			items = append(items, make([]any, i-len(items))...) // for those that are not
			items = append(items, kept)
		}
	}
	_, err := s.decoder.ReadToken()
	return items, wanted || items != nil, err
}

// room says whether one more value may be kept.
func (s *sieve) room() bool {
	s.kept++
	return s.kept <= MaxKept
}

// begin reads what opens an object.
func (s *sieve) begin() error {
	token, err := s.decoder.ReadToken()
	if err == nil && token.Kind() != '{' {
		return errNoObject
	}
	return err
}

// name reads the name of the next member, or what closes the object.
func (s *sieve) name() (name []byte, more bool, err error) {
	if s.decoder.PeekKind() == '}' {
		_, err := s.decoder.ReadToken()
		return nil, false, err
	}
	raw, err := s.read()
	if err != nil {
		return nil, false, err
	}
	return Unquoted(raw), true, nil
}

// read reads a value as it stands in the text.
func (s *sieve) read() ([]byte, error) {
	value, err := s.decoder.ReadValue()
	end := int(s.decoder.InputOffset())
	return s.text[end-len(value) : end], err
}

// Unquoted is what a string in a text says; invalid UTF-8 is U+FFFD. It may be part of the text.
func Unquoted(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return raw[1 : len(raw)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // The error is about invalid UTF-8.
	return text
}

// skip reads a value of which nothing is kept.
func (s *sieve) skip() error {
	value, err := s.read()
	if err == nil && !areNumbers(value) {
		return errNumber
	}
	return err
}

// token reads what stands next.
func (s *sieve) token() error {
	if s.decoder.PeekKind() != '0' {
		_, err := s.decoder.ReadToken()
		return err
	}
	number, err := s.read()
	if err == nil && !isNumber(number) {
		return errNumber
	}
	return err
}

// areNumbers says whether there is a float64 for each number in a value.
func areNumbers(text []byte) bool {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			i = endOfString(text, i)
		case c == '-' || '0' <= c && c <= '9':
			start := i
			for i++; i < len(text) && strings.IndexByte("+-.0123456789Ee", text[i]) >= 0; {
				i++
			}
			if !isNumber(text[start:i]) {
				return false
			}
		default:
			i++
		}
	}
	return true
}

// sureDigits is how many digits a float64 always has room for.
const sureDigits = 300

// isNumber says whether there is a float64 for a number.
func isNumber(text []byte) bool {
	if len(text) < sureDigits && !bytes.ContainsAny(text, "eE") {
		return true
	}
	_, err := strconv.ParseFloat(string(text), 64)
	return err == nil
}
