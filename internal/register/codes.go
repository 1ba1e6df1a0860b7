package register

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// code reads the code of a country or subdivision, in whatever case. What is no
// code, such as that of a country that no longer exists, is left out with a
// remark: the party is then known to sit nowhere, which is never clear.
func (t *tally) code(at place, s string) jurisdiction.Code {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	c, ok := t.parse(s)
	if !ok {
		_, err := jurisdiction.Parse(cut(s, maxQuoted))
		t.remark(at, "a jurisdiction is left out: %v", err)
	}
	return c
}

// maxKnown bounds how many spellings are remembered.
const maxKnown = 10_000

// parse reads a code, in whatever case. It remembers what it has read: a register
// says the same few codes millions of times, and a code must not keep the record
// that it was part of in memory.
func (t *tally) parse(s string) (jurisdiction.Code, bool) {
	if c, ok := t.known[s]; ok {
		return c, c != ""
	}
	if len(s) > maxCode {
		return "", false
	}
	s = strings.Clone(s)
	c, err := jurisdiction.Parse(s)
	if err != nil {
		tidy := strings.ToUpper(strings.ReplaceAll(s, "_", "-"))
		if other, ok := european[tidy]; ok {
			tidy = other
		}
		c, err = jurisdiction.Parse(tidy)
	}
	if t.known == nil {
		t.known = map[string]jurisdiction.Code{}
	}
	if len(t.known) < maxKnown {
		t.known[s] = c
	}
	return c, err == nil
}

// european has the codes that the European Union writes and ISO 3166 does not.
var european = map[string]string{"UK": "GB", "EL": "GR"}

// maxCode is more than the length of the longest code.
const maxCode = 8

// codes reads several codes: the first, and those that differ from it.
func (t *tally) codes(at place, all []string) (first jurisdiction.Code, others []jurisdiction.Code) {
	for _, s := range all[:min(len(all), maxCodes)] {
		switch c := t.code(at, s); {
		case c == "" || c == first:
		case first == "":
			first = c
		default:
			others = append(others, c)
		}
	}
	return first, others
}

// maxCodes bounds how many codes of one basis a party has.
const maxCodes = 64
