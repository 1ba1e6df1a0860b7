package register

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/domicile-dev/domicile/internal/cut"
)

const (
	// maxQuoted bounds how much of what a file says stands in a message.
	maxQuoted = 64
	// maxMessage bounds a message.
	maxMessage = 512
)

// quote quotes what a file says as printable ASCII, cut where it is long.
func quote(s string) string { return cut.Quote(s, maxQuoted) }

// deceptive says whether a character could make a message read as something
// else: a line end, or one that changes the direction of writing.
func deceptive(c rune) bool {
	return unicode.IsControl(c) || c == utf8.RuneError || unicode.Is(unicode.Bidi_Control, c) || c == '\u2028' || c == '\u2029'
}

// honest says whether a text has no such character.
func honest(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			return strings.IndexFunc(s[i:], deceptive) < 0
		}
	}
	return true
}

// tidy writes blanks in their place.
func tidy(s string) string {
	if honest(s) {
		return s
	}
	return strings.Map(func(c rune) rune {
		if deceptive(c) {
			return ' '
		}
		return c
	}, s)
}
