package register

import (
	"regexp"
	"slices"
	"strings"
)

var classLetter = regexp.MustCompile(` ([a-z]) | (?:class|series|type) (\d{1,2}) `)

// classWords are what tells one class of shares from another, in the order of
// which says most, and what it is called here.
var classWords = [][2]string{
	{"preference", "preference"}, {"preferred", "preference"}, {"non voting", "non-voting"}, {"deferred", "deferred"},
	{"founder", "founder"}, {"founders", "founder"}, {"ordinary", "ordinary"}, {"common", "ordinary"}, {"voting", "voting"},
}

// shareClass reads the class of shares. Two that differ are different holdings,
// which add up, so it says only what certainly tells them apart, and nothing
// where there are several or none that is known.
func shareClass(texts []string) (class string, understood bool) {
	var all []string
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		c := oneClass(wordsOf(text))
		if c == "" {
			return "", false
		}
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	switch len(all) {
	case 0:
		return "", true
	case 1:
		return all[0], true
	default:
		return "", true
	}
}

// oneClass is a letter, a kind, or both. An ordinary or voting share of a class
// with a letter is called by that alone: many registers leave the rest out.
func oneClass(words string) string {
	letter := ""
	if m := classLetter.FindStringSubmatch(words); m != nil {
		letter = strings.ToUpper(m[1] + m[2])
	}
	for _, w := range classWords {
		switch {
		case !has(words, w[0]):
		case letter == "":
			return w[1]
		case w[1] != "ordinary" && w[1] != "voting":
			return letter + " " + w[1]
		}
	}
	return letter
}
