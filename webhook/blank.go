package webhook

import (
	"bytes"

	corev1 "k8s.io/api/core/v1"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

// blank overwrites the values of a Secret in the body of a review, before anything is made
// of them: whatever a decoder makes stays in memory until somebody else needs the place. A
// value that changes is then another one than it was, and one that does not is the same.
func blank(old, updated *translate.Sifted) {
	before, after := valuesOf(old), valuesOf(updated)
	was := map[string][]byte{}
	for _, v := range before {
		was[v.key] = bytes.Clone(v.text)
	}
	for _, v := range after {
		text, ok := was[v.key]
		fill(v.text, !ok || bytes.Equal(text, v.text))
	}
	for _, v := range before {
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

// value is a value of a Secret as it stands in the body, between the quotes. Its key says
// in which field, too.
type value struct {
	key  string
	text []byte
}

// valuesOf finds the values of a Secret, and what kubectl repeats of them.
func valuesOf(secret *translate.Sifted) []value {
	var all []value
	for _, field := range []string{"data", "stringData"} {
		if f := secret.Field(field); f != nil {
			all = append(all, stringsIn(f.Text, field+"/")...)
		}
	}
	if f := secret.Field("metadata"); f != nil {
		members(f.Text, func(name string, annotations []byte) {
			if name != "annotations" {
				return
			}
			for _, v := range stringsIn(annotations, "") {
				if v.key == corev1.LastAppliedConfigAnnotation {
					all = append(all, v)
				}
			}
		})
	}
	return all
}

// stringsIn are the members of an object that are strings.
func stringsIn(object []byte, prefix string) []value {
	var all []value
	members(object, func(name string, text []byte) {
		if text[0] == '"' {
			all = append(all, value{prefix + name, text[1 : len(text)-1]})
		}
	})
	return all
}
