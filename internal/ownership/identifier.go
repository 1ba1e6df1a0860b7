package ownership

import (
	"cmp"
	"strings"
)

// Normal is the form in which two identifiers are the same if they are equal:
// without surrounding white space, the scheme in upper case and under its usual
// name, and the id as its scheme has it (see normalID). It is the zero
// Identifier, which identifies nobody, if either part is empty or an LEI has
// wrong check digits. It allocates only if something has to change.
func (i Identifier) Normal() Identifier {
	i.Scheme = usualScheme(strings.ToUpper(strings.TrimSpace(i.Scheme)))
	i.ID = strings.TrimSpace(i.ID)
	if i.Scheme == "" || i.ID == "" {
		return Identifier{}
	}
	i.ID = normalID(i.Scheme, i.ID)
	if i.ID == "" {
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

// label is the key, or SCHEME:ID.
func (r Ref) label() string {
	if r.Key != "" {
		return r.Key
	}
	return r.Identifier.String()
}
