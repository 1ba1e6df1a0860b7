package manifest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
)

// Unquoted is what stands at a path as the user wrote it, if that is a value
// which quotes would make text and which is none without: NO is false, 03004112
// is a number in octal. The path must lead there and not only near.
func (o *Object) Unquoted(path string) (text string, value any, ok bool) {
	n := o.root.find(path)
	if n.text == "" || !o.root.leads(path) {
		return "", nil, false
	}
	value, err := decodeYAML([]byte(n.text))
	if _, isText := value.(string); err != nil || isText {
		return "", nil, false
	}
	return n.text, value, true
}

// QuoteIt says of an unquoted value what it is without quotes, and what to do
// about it.
func QuoteIt(text string, value any) string {
	what := "a number"
	switch value := value.(type) {
	case bool:
		if what = fmt.Sprint(value); what == text {
			what = "a boolean"
		}
	case nil:
		what = "no value"
	default:
		if read := fmt.Sprint(value); read != text {
			what = "the number " + read
		}
	}
	return fmt.Sprintf("%s without quotes is %s, not text: quote it, as in %q", cut.Text(text, maxQuoted), what, cut.Text(text, maxQuoted))
}

// Text is the text that stands at a path, if there is one.
func (o *Object) Text(path string) (text string, ok bool) {
	value, n := any(o.Content), o.root
	for path != "" {
		key, child, rest := n.step(path)
		switch at := value.(type) {
		case map[string]any:
			value = at[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(at) {
				return "", false
			}
			value = at[i]
		}
		if child == nil {
			return "", false
		}
		n, path = child, rest
	}
	text, ok = value.(string)
	return text, ok
}

// leads says whether a path leads to something that is there.
func (n *node) leads(path string) bool {
	for path != "" {
		_, child, rest := n.step(path)
		if child == nil {
			return false
		}
		n, path = child, rest
	}
	return true
}

// notFinite is how YAML writes what JSON has no number for.
var notFinite = regexp.MustCompile(`^[-+]?\.(inf|Inf|INF|nan|NaN|NAN)$`)

// undecodable is the first value under a node that JSON cannot hold, or nil.
func (n *node) undecodable() *node {
	if notFinite.MatchString(n.text) {
		return n
	}
	var first *node
	earlier := func(found *node) {
		if found != nil && (first == nil || found.line < first.line) {
			first = found
		}
	}
	for _, child := range n.fields {
		earlier(child.undecodable())
	}
	for _, item := range n.items {
		earlier(item.undecodable())
	}
	return first
}

// template is how templates begin that make manifests and are none.
const template = "{{"

// templated says of text that is no YAML that it may not be meant to be.
func templated(err *Error, text []byte) *Error {
	if !strings.Contains(string(text), template) {
		return err
	}
	return &Error{Position: err.Position, Err: fmt.Errorf("%w; there is %s in it: a template has to be rendered first, as in helm template CHART | kubectl domicile check -f -", err.Err, template)}
}
