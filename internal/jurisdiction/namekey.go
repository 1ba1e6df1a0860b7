package jurisdiction

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// halves splits "Korea, Republic of" and "Iran (Islamic Republic of)".
func halves(text string) (first, second string, ok bool) {
	for _, mark := range []string{"(", ",", " - ", " – "} {
		if first, second, ok = strings.Cut(text, mark); ok {
			second = strings.TrimSuffix(strings.TrimSpace(second), ")")
			return first, second, strings.TrimSpace(first) != "" && strings.TrimSpace(second) != ""
		}
	}
	return "", "", false
}

// keys are the keys of a name: as it is written, and with the second half first.
func keys(name string) []string {
	var all []string
	if key, ok := nameKey(name); ok {
		all = append(all, key)
	}
	if first, second, ok := halves(name); ok {
		if key, ok := nameKey(second + " " + first); ok && !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	return all
}

// words has words that say nothing, and usual abbreviations.
var words = map[string]string{
	"the": "", "of": "", "and": "",
	"saint": "st", "republic": "rep", "democratic": "dem", "islands": "is", "island": "is", "isl": "is",
}

// nameKey is what is left of a name without case, diacritics, blanks, punctuation
// and small words. A text with a mark that is none of these, such as "?" or "/",
// or with a letter of another script, has no key: it says something else.
func nameKey(name string) (key string, ok bool) {
	var b, word strings.Builder
	end := func() {
		w := word.String()
		if short, ok := words[w]; ok {
			w = short
		}
		b.WriteString(w)
		word.Reset()
	}
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			word.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			word.WriteRune(r + 'a' - 'A')
		case strings.ContainsRune("'’‘`´ʼ", r), unicode.Is(unicode.Mn, r):
		case unicode.IsSpace(r), strings.ContainsRune(".,\"“”()[]-‐‑–—_&", r):
			end()
		default:
			plain, known := plainLetters()[r]
			if !known {
				return "", false
			}
			word.WriteString(plain)
		}
	}
	end()
	return b.String(), b.Len() > 0
}

// plainLetters has the letters of Latin-1 and Latin Extended-A, each without its
// diacritics.
var plainLetters = sync.OnceValue(func() map[rune]string {
	all := map[rune]string{'ß': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'þ': "th", 'Þ': "th", 'ĳ': "ij", 'Ĳ': "ij", 'ŉ': "n"}
	for group := range strings.FieldsSeq("aÀÁÂÃÄÅàáâãäåĀāĂăĄą cÇçĆćĈĉĊċČč dÐðĎďĐđ eÈÉÊËèéêëĒēĔĕĖėĘęĚěƏə gĜĝĞğĠġĢģ hĤĥĦħ " +
		"iÌÍÎÏìíîïĨĩĪīĬĭĮįİı jĴĵ kĶķĸ lĹĺĻļĽľĿŀŁł nÑñŃńŅņŇňŊŋ oÒÓÔÕÖØòóôõöøŌōŎŏŐőƠơ rŔŕŖŗŘř sŚśŜŝŞşŠšſȘș tŢţŤťŦŧȚț " +
		"uÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲųƯư wŴŵ yÝýÿŶŷŸ zŹźŻżŽž") {
		for _, r := range group[1:] {
			all[r] = group[:1]
		}
	}
	return all
})
