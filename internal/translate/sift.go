package translate

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Sifted is an object as it stands in a text, of which nothing is kept but what Read
// looks at. That is a small part of most objects.
type Sifted struct {
	// Text is all of it.
	Text []byte
	// Fields are those at the top, in the order in which they stand. Unless it IsWhole,
	// there are more.
	Fields []Field

	kept int // values and fields
}

// MaxKept is how many values of one object are kept at most, and how many fields.
const MaxKept = 4096

// Field is a field at the top of an object.
type Field struct {
	Name string
	// Text is its value, as it stands.
	Text []byte

	// Change are the objects and lists below, each in the one before, around all that is
	// another than in the object that it was compared with. None: that is not known.
	Change []Level

	kept   any
	isKept bool
	values int
	// left says that it has been left out: if the object is a Secret, it has the values.
	left bool
}

// Sift reads the object to which the decoder of a text comes next. like is another one
// in the text that is much the same; nil is none.
//
// What the values of a Secret would be is left out. If the object is none, Complete reads it.
func Sift(d *jsontext.Decoder, text []byte, like *Sifted) (*Sifted, error) {
	s := sieve{decoder: d, text: text}
	if !like.IsWhole() { // What is the same may be missing there.
		like = nil
	}
	if err := s.begin(); err != nil {
		return nil, err
	}
	start := int(d.InputOffset()) - 1
	o := &Sifted{Fields: make([]Field, 0, usualFields)}
	for {
		name, more, err := s.name()
		if err != nil {
			return nil, err
		}
		if !more {
			o.Text = s.since(start)
			return o, nil
		}
		f := Field{Name: string(name)}
		if err := s.field(&f, like.Field(f.Name)); err != nil {
			return nil, err
		}
		o.kept = s.kept
		if len(o.Fields) < MaxKept || slices.Contains(always, f.Name) {
			o.Fields = append(o.Fields, f)
		} else {
			s.kept = MaxKept + 1
		}
	}
}

// always are the fields that are there however many there are.
var always = []string{"apiVersion", "kind", "metadata", "data", "stringData"}

// usualFields is how many fields most objects have at the top.
const usualFields = 6

// Field finds a field at the top; nil if there is none.
func (o *Sifted) Field(name string) *Field {
	if o == nil {
		return nil
	}
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return &o.Fields[i]
		}
	}
	return nil
}

// IsWhole says whether there is everything that is looked at. If not, there was too much.
func (o *Sifted) IsWhole() bool { return o != nil && o.kept <= MaxKept }

// IsSecret says whether the object says of itself that it is a Secret.
func (o *Sifted) IsSecret() bool {
	if f := o.Field("kind"); f == nil || f.kept != "Secret" {
		return false
	}
	f := o.Field("apiVersion")
	if f == nil {
		return true
	}
	group, _ := splitAPIVersion(text(f.kept))
	return group == ""
}

// Complete reads what has been left out.
func (o *Sifted) Complete() error {
	if o == nil {
		return nil
	}
	for i := range o.Fields {
		f := &o.Fields[i]
		if !f.left {
			continue
		}
		if err := o.complete(f); err != nil {
			return err
		}
	}
	return nil
}

func (o *Sifted) complete(f *Field) error {
	s := sieve{decoder: DecodeAgain(f.Text), text: f.Text, kept: o.kept}
	defer PutBack(s.decoder)
	err := s.keep(f)
	f.left, o.kept = false, s.kept
	return err
}

// Read is Read, of an object that is no Secret. whole has all of it; it is asked only
// where too much of it is looked at.
func (o *Sifted) Read(whole func() map[string]any) Reading {
	if o == nil {
		return Read(nil)
	}
	if !o.IsWhole() {
		return Read(whole())
	}
	raw := make(map[string]any, len(o.Fields))
	values := 0
	for _, f := range o.Fields {
		if f.isKept {
			raw[f.Name] = f.kept
		}
		values += f.values
	}
	return read(raw, values)
}
