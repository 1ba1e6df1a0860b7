package register

import (
	"regexp"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// The forms in which natures of control have a band, in words. The codes of the
// United Kingdom's register name only the ends of a band: ukBands says which of
// them belong to it.
var (
	bandOverUnder = regexp.MustCompile(` more than ([\d.]+) % (?:but|and) less than ([\d.]+) % `)
	bandOverTo    = regexp.MustCompile(` more than ([\d.]+) % (?:but|and) not more than ([\d.]+) % `)
	bandOrMore    = regexp.MustCompile(` ([\d.]+) % or more `)
	bandOver      = regexp.MustCompile(` more than ([\d.]+) % `)
	bandTo        = regexp.MustCompile(` ([\d.]+) (?:% )?to ([\d.]+) % `)
)

var ukBands = map[[2]string]ownership.ShareText{
	{"25", "50"}:  {ExclusiveMinimum: "25", Maximum: "50"},
	{"50", "75"}:  {ExclusiveMinimum: "50", ExclusiveMaximum: "75"},
	{"75", "100"}: {Minimum: "75"},
}

// bandIn reads the band of a nature of control.
func bandIn(words string) (ownership.Share, bool) {
	var s ownership.ShareText
	if m := bandOverUnder.FindStringSubmatch(words); m != nil {
		s = ownership.ShareText{ExclusiveMinimum: m[1], ExclusiveMaximum: m[2]}
	} else if m := bandOverTo.FindStringSubmatch(words); m != nil {
		s = ownership.ShareText{ExclusiveMinimum: m[1], Maximum: m[2]}
	} else if m := bandOrMore.FindStringSubmatch(words); m != nil {
		s = ownership.ShareText{Minimum: m[1]}
	} else if m := bandOver.FindStringSubmatch(words); m != nil {
		s = ownership.ShareText{ExclusiveMinimum: m[1]}
	} else if m := bandTo.FindStringSubmatch(words); m != nil {
		var ok bool
		if s, ok = ukBands[[2]string{m[1], m[2]}]; !ok {
			s = ownership.ShareText{Minimum: m[1], Maximum: m[2]}
		}
	} else {
		return ownership.UnknownShare, false
	}
	share, err := ownership.ParseShare(s)
	return share, err == nil
}

// severalNatures separates natures that stand in one text.
var severalNatures = regexp.MustCompile(`[;|\n,]|(?i: and )`)

// natures reads natures of control as the United Kingdom's register has them: a
// code such as ownership-of-shares-50-to-75-percent-as-trust, in whatever spelling,
// or one of the register's descriptions. Several may stand in one text; a long
// description is one sentence.
func natures(text string) []holding {
	w := wordsOf(text)
	if has(w, "no", "not have", "not hold", "not exercise", "never", "without", "former", "formerly", "previously", "ceased") {
		return nil
	}
	if !has(w, "exercise", "exercises", "directly or indirectly") {
		var all []holding
		found := 0
		for _, part := range severalNatures.Split(cut.Prefix(text, maxWords), -1) {
			if one := nature(wordsOf(part)); one != nil {
				all, found = append(all, one...), found+1
			}
		}
		if found > 1 {
			return all
		}
	}
	return nature(w)
}

// nature reads one nature. What a trust or firm has that somebody controls, that
// person has.
func nature(w string) []holding {
	var all []holding
	share, ok := bandIn(w)
	if ok && has(w, "voting rights", "votes") {
		all = append(all, holding{ownership.VotingRights, share})
	}
	if ok && (has(w, "surplus assets", "shares and voting rights", "voting rights and shares") || all == nil && has(w, "shares", "share capital")) {
		all = append(all, holding{ownership.Shareholding, share})
	}
	if has(w, "appoint and remove", "appoint or remove") || all == nil && has(w, "significant influence", "significant control") {
		all = append(all, fullControl...)
	}
	return all
}
