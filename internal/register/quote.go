package register

import (
	"strconv"
	"unicode/utf8"
)

const (
	// maxQuoted bounds how much of what a file says stands in a message.
	maxQuoted = 64
	// maxMessage bounds a message.
	maxMessage = 512
)

// quote quotes what a file says as printable ASCII, cut where it is long.
func quote(s string) string {
	if len(s) <= maxQuoted {
		return strconv.QuoteToASCII(s)
	}
	return strconv.QuoteToASCII(cut(s, maxQuoted)) + "…"
}

// cut shortens s to at most n bytes, between two characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
