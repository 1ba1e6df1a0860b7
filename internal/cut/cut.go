// Package cut shortens text that people wrote, for messages of bounded length.
// Nothing is cut within a character, and what is cut ends in "…".
package cut

import (
	"strconv"
	"unicode/utf8"
)

const mark = "…"

// Text is s in at most limit bytes, the mark among them.
func Text(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return Prefix(s, limit-len(mark)) + mark
}

// Front is s in at most limit bytes of its end, after the mark: of a path the
// end says most.
func Front(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	from := len(s) - limit
	for from < len(s) && !utf8.RuneStart(s[from]) {
		from++
	}
	return mark + s[from:]
}

// Quote quotes at most limit bytes of s as printable ASCII, so that what only
// looks like a letter of the Latin alphabet is seen.
func Quote(s string, limit int) string {
	return strconv.QuoteToASCII(Prefix(s, limit)) + rest(s, limit)
}

// QuoteName quotes at most limit bytes of a name, which keeps its letters.
func QuoteName(s string, limit int) string {
	return strconv.Quote(Prefix(s, limit)) + rest(s, limit)
}

func rest(s string, limit int) string {
	if len(s) <= limit {
		return ""
	}
	return mark
}

// Prefix is at most limit bytes of s, and nothing says that there were more.
func Prefix(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := max(limit, 0)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
