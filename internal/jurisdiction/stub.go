// Package jurisdiction knows ISO 3166 codes and sets of them.
package jurisdiction

// Code is an ISO 3166-1 alpha-2 or ISO 3166-2 code in canonical form.
type Code string

// Parse returns the canonical form of a code (CN-HK is HK) or an error that
// says what is wrong with it.
func Parse(s string) (Code, error) { panic("stub") }

// Country returns the alpha-2 part.
func (c Code) Country() Code { panic("stub") }

// Set is an immutable set of blocked and supported codes.
type Set struct{}

// NewSet builds a Set.
func NewSet(blocked, supported []Code) (Set, error) { panic("stub") }

// Blocks says whether a code is blocked.
func (s Set) Blocks(c Code) bool { panic("stub") }

// String lists the set's entries in a fixed order: equal for equal sets, so
// that it can be a key.
func (s Set) String() string { panic("stub") }

// Name is the English short name of a country, the local name of a subdivision,
// or "" if the code is not canonical.
func Name(c Code) string { panic("stub") }
