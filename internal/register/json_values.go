package register

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// textOr is a text in one version of a standard and an object in another, or a
// reference that may also be an explanation. A number is a text as it is written;
// what is none of these is as if absent.
type textOr[T any] struct {
	Text   string
	Object *T
}

// UnmarshalJSONFrom reads either.
func (v *textOr[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case '"', '0':
		t, err := d.ReadToken()
		v.Text = t.String()
		return err
	case '{':
		v.Object = new(T)
		return json.UnmarshalDecode(d, v.Object)
	default:
		return d.SkipValue()
	}
}

// oneOrMore is a list, or one of its elements alone.
type oneOrMore[T any] []T

// UnmarshalJSONFrom reads either.
func (v *oneOrMore[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case 'n':
		return d.SkipValue()
	case '[':
		return json.UnmarshalDecode(d, (*[]T)(v))
	default:
		*v = make(oneOrMore[T], 1)
		return json.UnmarshalDecode(d, &(*v)[0])
	}
}

// passedOver is any value, of which nothing is kept.
type passedOver struct{}

// UnmarshalJSONFrom skips it.
func (*passedOver) UnmarshalJSONFrom(d *jsontext.Decoder) error { return d.SkipValue() }

// scalar is a number, a text or a truth value as it is written; "" for null, and
// "?" for what is none of them.
type scalar string

// UnmarshalJSONFrom reads any value.
func (v *scalar) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	s, err := readScalar(d)
	*v = scalar(s)
	return err
}

func readScalar(d *jsontext.Decoder) (string, error) {
	if kind := d.PeekKind(); kind == '{' || kind == '[' {
		return "?", d.SkipValue()
	}
	t, err := d.ReadToken()
	if err != nil || t.Kind() == 'n' {
		return "", err
	}
	return t.String(), nil
}

// decimal is the number without an exponent, and without what is only a rounding
// error of a number with a binary point above 100.
func (v scalar) decimal() string {
	s := strings.TrimPrefix(strings.TrimSpace(string(v)), "+")
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		switch {
		case f == 0:
			return "0"
		case 100 < f && f < 100.000001:
			return "100"
		case strings.ContainsAny(s, "eE"):
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	return s
}

// decode reads a record; unknown members are passed over.
func decode(record []byte, into any) error {
	err := json.Unmarshal(record, into)
	var malformed *jsontext.SyntacticError
	var unexpected *json.SemanticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &malformed):
		return fmt.Errorf("not JSON at byte %d: %w", malformed.ByteOffset, malformed.Err)
	case errors.As(err, &unexpected):
		// The library words its own message in a different way every day.
		return fmt.Errorf("%s is of another type than it should be (%s)", quote(string(unexpected.JSONPointer)), kindNames[unexpected.JSONKind])
	default:
		return err
	}
}

var kindNames = map[jsontext.Kind]string{
	'n': "null", 'f': "a truth value", 't': "a truth value", '"': "a text", '0': "a number", '{': "an object", '[': "a list",
}

// texts is a list of texts. It is read from anything that may be one: a text or
// number alone, or objects with an id in place of references.
type texts []string

// UnmarshalJSONFrom reads any value.
func (v *texts) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return eachOrOne(d, v.one)
}

// eachOrOne reads each value of a list, or one alone.
func eachOrOne(d *jsontext.Decoder, one func(*jsontext.Decoder) error) error {
	if d.PeekKind() != '[' {
		return one(d)
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if err := one(d); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func (v *texts) one(d *jsontext.Decoder) error {
	if d.PeekKind() == '{' {
		var o struct {
			ID string `json:"id"`
		}
		if err := json.UnmarshalDecode(d, &o); err != nil {
			return err
		}
		*v = append(*v, o.ID)
		return nil
	}
	s, err := readScalar(d)
	if err == nil && s != "" {
		*v = append(*v, s)
	}
	return err
}
