package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/domicile-dev/domicile/internal/cut"
)

// looksLikeJSON says whether a document begins as JSON objects do. YAML in flow
// style does too.
func looksLikeJSON(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{"))
}

// readJSON reads the objects that stand one after the other in a document.
// syntax says that the error is one of syntax, so that the text may yet be YAML.
func readJSON(d document, limits Limits) (values []any, nodes []*node, syntax bool, err *Error) {
	r := jsonReader{document: d, depth: limits.Depth, most: limits.Values, values: limits.Values, decoder: json.NewDecoder(bytes.NewReader(d.text)), line: 1}
	r.decoder.UseNumber()
	for {
		value, n, err := r.value(0)
		if errors.Is(err, io.EOF) {
			return values, nodes, false, nil
		}
		if located := (*Error)(nil); errors.As(err, &located) {
			return nil, nil, false, located
		}
		if err != nil {
			return nil, nil, true, r.syntaxError(err)
		}
		if err := convertNumbers(&value); err != nil {
			return nil, nil, false, &Error{Position: n.position(d.file), Err: err}
		}
		values, nodes = append(values, value), append(nodes, n)
	}
}

func convertNumbers(value *any) error {
	return utiljson.ConvertInterfaceNumbers(value, 0)
}

type jsonReader struct {
	document document
	decoder  *json.Decoder
	depth    int // the most
	most     int // values
	values   int // how many more there may be

	offset, line, lineStart int // where line was last counted
}

// token returns the next token and where it begins.
func (r *jsonReader) token() (json.Token, Position, error) {
	before := int(r.decoder.InputOffset())
	token, err := r.decoder.Token()
	if err != nil {
		return nil, Position{}, err
	}
	// Between two tokens there is only white space and one separator.
	skipped := len(r.document.text[before:]) - len(bytes.TrimLeft(r.document.text[before:], " \t\r\n,:"))
	return token, r.at(before + skipped), nil
}

// at turns an offset, never less than an earlier one, into a position.
func (r *jsonReader) at(offset int) Position {
	passed := r.document.text[r.offset:offset]
	r.line += bytes.Count(passed, []byte("\n"))
	if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
		r.lineStart = r.offset + i + 1
	}
	r.offset = offset
	return r.document.at(r.line, offset-r.lineStart+1)
}

func (r *jsonReader) value(depth int) (any, *node, error) {
	token, at, err := r.token()
	if err != nil {
		if depth > 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, nil, err
	}
	return r.rest(token, at, depth)
}

// rest reads what a token begins.
func (r *jsonReader) rest(token json.Token, at Position, depth int) (any, *node, error) {
	if depth > r.depth {
		return nil, nil, errorAt(at, "nested more than %d deep", r.depth)
	}
	if r.values--; r.values < 0 {
		return nil, nil, errorAt(at, "a document of more than %d values", r.most)
	}
	n := &node{line: at.Line, column: at.Column}
	switch token {
	case json.Delim('{'):
		value, err := r.object(n, depth)
		return value, n, err
	case json.Delim('['):
		value, err := r.list(n, depth)
		return value, n, err
	default:
		if _, quoted := token.(string); !quoted && token != nil {
			n.text = fmt.Sprint(token)
		}
		return token, n, nil
	}
}

func (r *jsonReader) object(n *node, depth int) (any, error) {
	object := map[string]any{}
	n.fields = map[string]*node{}
	for {
		token, at, err := r.token()
		if err != nil {
			return nil, unexpected(err)
		}
		if token == json.Delim('}') {
			return object, nil
		}
		key, isKey := token.(string)
		if !isKey {
			return nil, fmt.Errorf("unexpected %v", token)
		}
		if earlier, twice := n.fields[key]; twice {
			return nil, errorAt(at, "key %q is already set on line %d", cut.Text(key, maxQuoted), earlier.line)
		}
		value, child, err := r.value(depth + 1)
		if err != nil {
			return nil, unexpected(err)
		}
		child.line, child.column = at.Line, at.Column
		object[key], n.fields[key] = value, child
	}
}

func (r *jsonReader) list(n *node, depth int) (any, error) {
	list := []any{}
	n.items = []*node{}
	for {
		token, at, err := r.token()
		if err != nil {
			return nil, unexpected(err)
		}
		if token == json.Delim(']') {
			return list, nil
		}
		value, child, err := r.rest(token, at, depth+1)
		if err != nil {
			return nil, err
		}
		list, n.items = append(list, value), append(n.items, child)
	}
}

// unexpected turns the end of the text inside a value into an error of syntax.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (r *jsonReader) syntaxError(err error) *Error {
	offset := len(r.document.text)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		offset = min(max(int(syntax.Offset)-1, r.offset), offset)
	}
	return errorAt(r.at(offset), "%s", strings.TrimPrefix(err.Error(), "json: "))
}
