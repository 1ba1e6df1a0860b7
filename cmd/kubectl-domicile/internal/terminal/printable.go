// Package terminal keeps what users have written from steering the terminal of
// whoever reads it.
package terminal

import (
	"strconv"
	"strings"
	"unicode"
)

// Printable writes control and direction characters, and others that cannot be
// seen, as escapes.
func Printable(s string) string {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if strings.IndexFunc(s, unprintable) < 0 {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		if unprintable(r) {
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
