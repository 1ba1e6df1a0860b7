package ownership

import (
	"cmp"
	"strings"
)

// Normal is the form in which two identifiers are the same if they are equal:
// without surrounding white space, the scheme (and an LEI) in upper case. It is
// the zero Identifier if either part is empty, for that identifies nobody.
func (i Identifier) Normal() Identifier {
	i.Scheme = strings.ToUpper(strings.TrimSpace(i.Scheme))
	i.ID = strings.TrimSpace(i.ID)
	if i.Scheme == "LEI" {
		i.ID = strings.ToUpper(i.ID)
	}
	if i.Scheme == "" || i.ID == "" {
		return Identifier{}
	}
	return i
}

// String is SCHEME:ID.
func (i Identifier) String() string { return i.Scheme + ":" + i.ID }

func (i Identifier) compare(j Identifier) int {
	return cmp.Or(strings.Compare(i.Scheme, j.Scheme), strings.Compare(i.ID, j.ID))
}

// normal is the form in which two references are the same if they are equal; it
// is the zero Ref if r refers to nobody.
func (r Ref) normal() Ref {
	if r.Key != "" {
		return Ref{Key: r.Key}
	}
	return Ref{Identifier: r.Identifier.Normal()}
}

// compare puts keys before identifiers.
func (r Ref) compare(s Ref) int {
	if (r.Key == "") != (s.Key == "") {
		if r.Key != "" {
			return -1
		}
		return 1
	}
	return cmp.Or(strings.Compare(r.Key, s.Key), r.Identifier.compare(s.Identifier))
}

// label is the key, or SCHEME:ID.
func (r Ref) label() string {
	if r.Key != "" {
		return r.Key
	}
	return r.Identifier.String()
}
