package webhook

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	"sigs.k8s.io/json"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/translate"
)

// object is one of the objects of a request: what is looked at of most of them, and all
// of it once that is needed. The zero value is none.
type object struct {
	sifted *translate.Sifted
	// whole is all of it, once it has been needed.
	whole map[string]any
	// redacted says that it is a Secret: then only what is decoded may be read.
	redacted bool
}

func (o *object) exists() bool { return o.sifted != nil }

// read reads an object.
func (o *object) read() translate.Reading {
	if o.redacted {
		return translate.Read(o.whole)
	}
	return o.sifted.Read(o.content)
}

// content is the whole object, as decoded JSON.
func (o *object) content() map[string]any {
	if o.whole == nil && o.exists() {
		o.whole, _ = decoded(o.sifted.Text).(map[string]any)
	}
	return o.whole
}

// decoded is a value of which it is known that it can be read.
func decoded(text []byte) any {
	if text[0] == '"' {
		plain, _ := jsontext.AppendUnquote(nil, text) // The error is about invalid UTF-8.
		return string(plain)
	}
	var value any
	if err := json.UnmarshalCaseSensitivePreserveInts(text, &value); err != nil {
		panic(errPanic) // which refuses the request
	}
	return value
}

// unread are the fields at the top that growth does not read.
var unread = growth.Unread()

// different are two objects without the fields that are the same, and without those that
// growth does not read. Of the others no more is decoded than growth looks at.
func different(old, updated *object) (before, after map[string]any) {
	if !old.sifted.IsWhole() || !updated.sifted.IsWhole() {
		return old.content(), updated.content()
	}
	left := translate.MaxKept
	part := func(o, other *object) map[string]any {
		m := make(map[string]any, len(o.sifted.Fields))
		for _, f := range o.sifted.Fields {
			same := other.sifted.Field(f.Name)
			switch {
			case slices.Contains(unread, f.Name):
			case f.Name == "apiVersion" || f.Name == "kind": // which say what makes less of it
				m[f.Name] = decoded(f.Text)
			case same == nil || !bytes.Equal(f.Text, same.Text):
				l := lazy{text: f.Text, way: f.Change, levels: mostOpened, left: &left}
				if same != nil && l.way == nil {
					l.way, l.isOther = same.Change, true
				}
				m[f.Name] = l
			}
		}
		return m
	}
	return part(old, updated), part(updated, old)
}

// lazy is a value as it stands in a review. Each level of it that is opened, but those on
// the way to what differs, is read again, so it is opened so many levels deep, and so many
// values are made of both objects at most; what is beyond is decoded at once.
type lazy struct {
	text []byte
	// way leads to what differs. All else is the same in the other object.
	way     []translate.Level
	isOther bool // to the one that was read first
	levels  int
	left    *int
}

// mostOpened is how deep lazy values are opened: to the containers of a pod template.
const mostOpened = 6

var _ growth.Lazy = lazy{}

// Same implements growth.Lazy.
func (l lazy) Same(other growth.Lazy) bool {
	o, ok := other.(lazy)
	return ok && bytes.Equal(l.text, o.text)
}

// Whole implements growth.Lazy.
func (l lazy) Whole() any { return decoded(l.text) }

// Open implements growth.Lazy.
func (l lazy) Open() any {
	if len(l.way) > 0 {
		return l.follow()
	}
	if l.levels == 0 || *l.left <= 0 {
		return l.Whole()
	}
	switch l.text[0] {
	case '{':
		opened := map[string]any{}
		members(l.text, func(name string, text []byte) { opened[name] = l.below(text) })
		return opened
	case '[':
		opened := []any{}
		items(l.text, func(text []byte) { opened = append(opened, l.below(text)) })
		return opened
	default:
		return l.Whole()
	}
}

// OpenWith implements growth.Lazy. Where it is not known what differs, it looks for that.
func (l lazy) OpenWith(other growth.Lazy) (own, others any) {
	o, ok := other.(lazy)
	if ok && l.opens() && o.opens() && l.text[0] == '{' && o.text[0] == '{' {
		if own, others, ok := l.differences(o); ok {
			return own, others
		}
	}
	return l.Open(), other.Open()
}

// opens says whether it is opened by reading it level by level.
func (l lazy) opens() bool { return len(l.way) == 0 && l.levels > 0 && *l.left > 0 }

// differences are the members that are not the same in two objects; false if these do not
// have the same members in the same order.
func (l lazy) differences(o lazy) (own, others map[string]any, ok bool) {
	own, others = map[string]any{}, map[string]any{}
	mine, theirs := readAgain(l.text), readAgain(o.text)
	defer translate.PutBack(mine.Decoder)
	defer translate.PutBack(theirs.Decoder)
	mine.token()
	theirs.token()
	for mine.PeekKind() != '}' && theirs.PeekKind() != '}' {
		name := mine.value()
		if !bytes.Equal(name, theirs.value()) {
			return nil, nil, false
		}
		a, b := mine.value(), theirs.value()
		if !bytes.Equal(a, b) {
			key := string(translate.Unquoted(name))
			own[key], others[key] = l.below(a), o.below(b)
		}
	}
	return own, others, mine.PeekKind() == theirs.PeekKind()
}

func (l lazy) below(text []byte) lazy {
	*l.left--
	return lazy{text: text, levels: l.levels - 1, left: l.left}
}

// follow opens no more than what differs. In the other object the same is left out.
func (l lazy) follow() any {
	next := l.way[0]
	below := lazy{text: next.Text, way: l.way[1:], isOther: l.isOther, levels: l.levels, left: l.left}
	if l.isOther {
		below.text = next.Other
	}
	if l.text[0] == '{' {
		return map[string]any{next.Name: below}
	}
	return []any{below}
}

// again reads a text that has been read once already, so that nothing is wrong with it.
type again struct {
	*jsontext.Decoder
	text []byte
}

func readAgain(text []byte) again { return again{translate.DecodeAgain(text), text} }

// members tells of each member of an object, and where its value stands. What is no object
// has none.
func members(object []byte, each func(name string, text []byte)) {
	r := readAgain(object)
	defer translate.PutBack(r.Decoder)
	if r.PeekKind() != '{' {
		return
	}
	r.token()
	for r.PeekKind() != '}' {
		name := r.token().String()
		each(name, r.value())
	}
}

// items tells of each item of a list.
func items(list []byte, each func(text []byte)) {
	r := readAgain(list)
	defer translate.PutBack(r.Decoder)
	r.token()
	for r.PeekKind() != ']' {
		each(r.value())
	}
}

func (r again) token() jsontext.Token {
	token, err := r.ReadToken()
	if err != nil {
		panic(errPanic) // not reached
	}
	return token
}

func (r again) value() []byte {
	value, err := r.ReadValue()
	if err != nil {
		panic(errPanic) // not reached
	}
	end := int(r.InputOffset())
	return r.text[end-len(value) : end : end]
}
