package register

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/domicile-dev/domicile/internal/cut"
)

// maxWords bounds how much of a text is looked at for words, in bytes. The
// longest description of the United Kingdom's register has 450.
const maxWords = 4000

var (
	camelCase      = regexp.MustCompile(`(\p{Ll})(\p{Lu})`)
	dashInBand     = regexp.MustCompile(`(\d ?%?) ?[\p{Pd}−~] ?(\d)`)
	decimalComma   = regexp.MustCompile(`(\d),(\d)`)
	letterAndDigit = regexp.MustCompile(`(\p{L})(\d)`)
	digitAndLetter = regexp.MustCompile(`(\d)(\p{L})`)
	noWord         = regexp.MustCompile(`[^\p{L}\p{M}\d.%&]+|\.(\D|$)`)
	percentWords   = strings.NewReplacer(" percent ", " % ", " per cent ", " % ", " pct ", " % ")
)

// wordsOf brings a text into the form in which the grammars of natures and roles
// read it: words in lower case with one blank around them, "%" for percent, "and"
// for "&", and "to" for a dash between two numbers. All other marks separate
// words, and so do changes from small to capital letters and between letters and
// digits.
func wordsOf(text string) string {
	s := norm.NFKC.String(cut.Prefix(text, maxWords))
	s = strings.ToLower(camelCase.ReplaceAllString(s, "$1 $2"))
	s = dashInBand.ReplaceAllString(strings.ReplaceAll(s, "_", "-"), "$1 to $2")
	s = decimalComma.ReplaceAllString(s, "$1.$2")
	s = letterAndDigit.ReplaceAllString(s, "$1 $2")
	s = digitAndLetter.ReplaceAllString(s, "$1 $2")
	s = noWord.ReplaceAllString(s, " $1")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "%", " % "), "&", " and ")
	return percentWords.Replace(" " + strings.Join(strings.Fields(s), " ") + " ")
}

// has says whether one of the phrases stands in words.
func has(words string, phrases ...string) bool {
	for _, p := range phrases {
		if strings.Contains(words, " "+p+" ") {
			return true
		}
	}
	return false
}
