package jurisdiction

import (
	"fmt"
	"slices"
	"strings"
)

// Set says which codes are blocked, by lists of blocked and of supported codes.
// It is an immutable value; the zero Set blocks nothing. Sets can be compared
// and be part of keys: == says that two are one and the same, and sets with
// equal entries have equal Strings.
type Set struct{ *entries }

type entries struct {
	// blocked by code that either list has.
	blocked map[Code]bool
	// others is whether a code that neither list mentions is blocked.
	others bool
	text   string
}

// NewSet builds a Set. Codes may come in any order and repeatedly. An error
// names a code that stands in both lists, or that is not canonical.
func NewSet(blocked, supported []Code) (Set, error) {
	e := &entries{
		blocked: make(map[Code]bool, len(blocked)+len(supported)),
		others:  len(supported) > 0,
		text:    list("blocked", blocked) + "; " + list("supported", supported),
	}
	for _, c := range slices.Concat(blocked, supported) {
		if _, ok := places()[c]; !ok {
			return Set{}, fmt.Errorf("%s is not a canonical code", quote(string(c)))
		}
	}
	for _, c := range blocked {
		e.blocked[c] = true
	}
	for _, c := range supported {
		if e.blocked[c] {
			return Set{}, fmt.Errorf("%s (%s) is both blocked and supported", c, Name(c))
		}
		e.blocked[c] = false
	}
	return Set{e}, nil
}

// Blocks says whether a code is blocked. The most specific entry decides: the
// code itself, then the places that it is part of, up to its country. What
// neither list mentions is blocked if there is a supported list. So a party
// known only as UA matches no entry but UA. No code at all is never blocked:
// not knowing is not for a Set to judge.
func (s Set) Blocks(c Code) bool {
	if c == "" || s.entries == nil {
		return false
	}
	for at := c; at != ""; at = at.Parent() {
		if blocked, ok := s.blocked[at]; ok {
			return blocked
		}
	}
	return s.others
}

// String lists the entries in a fixed order. It is equal exactly for equal
// sets, so it can be a key.
func (s Set) String() string {
	if s.entries == nil {
		return list("blocked", nil) + "; " + list("supported", nil)
	}
	return s.text
}

func list(title string, codes []Code) string {
	sorted := slices.Sorted(slices.Values(codes))
	var b strings.Builder
	b.WriteString(title + ":")
	for _, c := range slices.Compact(sorted) {
		b.WriteString(" " + string(c))
	}
	return b.String()
}
