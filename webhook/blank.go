package webhook

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
	corev1 "k8s.io/api/core/v1"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// blank overwrites the values of Secrets in the body of a review, before anything is made
// of them: whatever a decoder makes stays in memory until somebody else needs the place. A
// value that changes is then another one than it was, and one that does not is the same.
//
// What is no review, or none of a Secret, stays as it is: it is for decodeReview to refuse.
func blank(body []byte) {
	if !bytes.Contains(body, []byte("ecret")) { // also "secrets"
		return
	}
	b := blanker{decoder: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	if b.members(b.review) != nil || !b.secret {
		return
	}
	was := map[string][]byte{}
	for _, v := range b.old.values {
		if _, twice := was[v.key]; !twice {
			was[v.key] = bytes.Clone(v.text)
		}
	}
	for _, v := range b.updated.values {
		before, ok := was[v.key]
		fill(v.text, !ok || bytes.Equal(before, v.text))
	}
	for _, v := range b.old.values {
		fill(v.text, true)
		clear(was[v.key])
	}
}

// fill overwrites what stands between the quotes, but not what stands in everybody's.
func fill(text []byte, same bool) {
	if kinds.IsPlaceholder(text) {
		return
	}
	with := byte('x')
	if !same {
		with = 'y'
	}
	for i := range text {
		text[i] = with
	}
}

// blanker finds the values in a body.
type blanker struct {
	decoder      *jsontext.Decoder
	secret       bool
	updated, old secretText
}

// secretText is where the values of an object stand in the body. They are by field and key.
type secretText struct {
	values []struct {
		key  string
		text []byte
	}
	kind, version string
}

// members calls a function for each member of an object, whose value it has to read.
func (b *blanker) members(read func(name string) error) error {
	if b.decoder.PeekKind() != '{' {
		return b.decoder.SkipValue()
	}
	if _, err := b.decoder.ReadToken(); err != nil {
		return err
	}
	for b.decoder.PeekKind() != '}' {
		name, err := b.decoder.ReadToken()
		if err != nil {
			return err
		}
		if err := read(name.String()); err != nil {
			return err
		}
	}
	_, err := b.decoder.ReadToken()
	return err
}

func (b *blanker) review(name string) error {
	if name != "request" {
		return b.decoder.SkipValue()
	}
	return b.members(func(name string) error {
		switch name {
		case "resource":
			return b.names("resource", "secrets")
		case "kind":
			return b.names("kind", "Secret")
		case "object":
			return b.object(&b.updated)
		case "oldObject":
			return b.object(&b.old)
		default:
			return b.decoder.SkipValue()
		}
	})
}

// names says whether a resource or a kind is that of Secrets.
func (b *blanker) names(member, secret string) error {
	group, is := "", false
	err := b.members(func(name string) error {
		text, err := b.text()
		switch name {
		case "group":
			group = string(text)
		case member:
			is = string(text) == secret
		}
		return err
	})
	b.secret = b.secret || is && group == ""
	return err
}

func (b *blanker) object(s *secretText) error {
	err := b.members(func(name string) error {
		switch name {
		case "kind", "apiVersion":
			text, err := b.text()
			if name == "kind" {
				s.kind = string(text)
			} else {
				s.version = string(text)
			}
			return err
		case "data", "stringData":
			return b.values(s, name, func(string) bool { return true })
		case "metadata":
			return b.members(func(name string) error {
				if name != "annotations" {
					return b.decoder.SkipValue()
				}
				return b.values(s, name, func(key string) bool { return key == corev1.LastAppliedConfigAnnotation })
			})
		default:
			return b.decoder.SkipValue()
		}
	})
	b.secret = b.secret || s.kind == "Secret" && s.version == "v1"
	return err
}

// values finds those of the members that are wanted.
func (b *blanker) values(s *secretText, field string, wanted func(key string) bool) error {
	return b.members(func(key string) error {
		text, err := b.text()
		if err == nil && wanted(key) {
			s.values = append(s.values, struct {
				key  string
				text []byte
			}{field + "/" + key, text})
		}
		return err
	})
}

// text is what stands between the quotes of the next value, in the body itself; nil if it
// is no string.
func (b *blanker) text() ([]byte, error) {
	value, err := b.decoder.ReadValue()
	if err != nil || len(value) < 2 || value[0] != '"' {
		return nil, err
	}
	return value[1 : len(value)-1], nil
}
