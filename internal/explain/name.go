package explain

import (
	"slices"
	"strings"
	"unicode"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

const (
	// maxName bounds a name or source in text for people, in characters.
	maxName = 80
	// maxCodes bounds how many jurisdictions are listed together.
	maxCodes = 4
)

// clean makes a name of a user fit for a terminal and a log.
func clean(s string) string { return oneLine(s, maxName) }

// oneLine keeps at most limit characters of a text: white space becomes single
// spaces, and what is invisible goes, such as control characters and marks that
// change the direction of writing.
func oneLine(s string, limit int) string {
	var out strings.Builder
	count, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = count > 0
			continue
		case r == unicode.ReplacementChar || !unicode.IsGraphic(r):
			continue
		case count >= limit:
			return out.String() + "…"
		}
		if space {
			out.WriteByte(' ')
			count++
			space = false
		}
		out.WriteRune(r)
		count++
	}
	return out.String()
}

// nameOf is how a party is called: by its name if it has one, else by its key
// or identifier.
func nameOf(c *residency.Cause) string {
	if name := clean(c.Name); name != "" {
		return name
	}
	if entity, ok := strings.CutPrefix(c.Label, "entity/"); ok {
		return "LegalEntity " + clean(entity)
	}
	if label := clean(c.Label); label != "" {
		return label
	}
	return "a party that cannot be read"
}

// partyOf is the party with where it sits: Lantern Group (HQ CN).
func partyOf(c *residency.Cause) string {
	if seat := seatOf(c); seat != "" {
		return nameOf(c) + " (" + seat + ")"
	}
	return nameOf(c)
}

// seatOf is where a party sits, in the fewest words: what is blocked if
// anything is, else where it is incorporated or what else is known.
func seatOf(c *residency.Cause) string {
	for _, wanted := range []func(residency.Seat) bool{
		func(s residency.Seat) bool { return s.Blocked },
		func(s residency.Seat) bool { return s.Basis == residency.Incorporation },
		func(s residency.Seat) bool { return s.Basis == residency.Headquarters },
		func(s residency.Seat) bool { return s.Basis == residency.Nationality },
		func(residency.Seat) bool { return true },
	} {
		if words := seatWords(c, wanted); len(words) > 0 {
			return atMost(words, maxCodes)
		}
	}
	return ""
}

// seatWords are the seats that are wanted, one word for each code: a code that
// the party is incorporated in says it all.
func seatWords(c *residency.Cause, wanted func(residency.Seat) bool) []string {
	incorporated := map[jurisdiction.Code]bool{}
	for _, seat := range c.Seats {
		if wanted(seat) && seat.Basis == residency.Incorporation {
			incorporated[seat.Code] = true
		}
	}
	var words []string
	for _, seat := range c.Seats {
		if !wanted(seat) || seat.Basis != residency.Incorporation && incorporated[seat.Code] {
			continue
		}
		word := string(seat.Code)
		switch {
		case c.Type == ownership.State:
			word = "state of " + word
		case seat.Basis == residency.Headquarters:
			word = "HQ " + word
		case seat.Basis == residency.Nationality:
			word += " national"
		case seat.Basis == residency.Residence:
			word = "resident in " + word
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// atMost joins words with commas and leaves out those beyond the limit.
func atMost(words []string, limit int) string {
	if len(words) <= limit {
		return strings.Join(words, ", ")
	}
	return strings.Join(words[:limit], ", ") + ", …"
}

// andList joins words as in a sentence: A, B and C.
func andList(words []string) string {
	if len(words) > maxCodes {
		words = append(slices.Clone(words[:maxCodes]), "others")
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
