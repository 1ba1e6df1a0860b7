package register

import (
	"regexp"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// The forms in which natures of control have a band, in words. The codes of the
// United Kingdom's register name only the ends of a band: ukBands says which of
// them belong to it.
var (
	bandOverUnder = regexp.MustCompile(` more than ([\d.]+) % but less than ([\d.]+) % `)
	bandOverTo    = regexp.MustCompile(` more than ([\d.]+) % but not more than ([\d.]+) % `)
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

// natures reads a nature of control as the United Kingdom's register has them: a
// code such as ownership-of-shares-50-to-75-percent-as-trust, in whatever spelling,
// or one of the register's descriptions. What a trust or firm that somebody
// controls has, that person has.
func natures(words string) []holding {
	if has(words, "no", "not have", "not hold", "not exercise", "never", "without", "former", "formerly", "previously", "ceased") {
		return nil
	}
	if share, ok := bandIn(words); ok {
		var all []holding
		if has(words, "voting rights", "votes") {
			all = append(all, holding{ownership.VotingRights, share})
		}
		if has(words, "surplus assets", "shares and voting rights", "voting rights and shares") ||
			all == nil && has(words, "shares", "share capital") {
			all = append(all, holding{ownership.Shareholding, share})
		}
		return all
	}
	if has(words, "appoint and remove", "appoint or remove") ||
		has(words, "significant influence", "significant control") {
		return []holding{{ownership.Control, ownership.Share{}}}
	}
	return nil
}
