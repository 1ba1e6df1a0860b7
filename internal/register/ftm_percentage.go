package register

import (
	"math/big"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/domicile-dev/domicile/internal/ownership"
)

var (
	number = `(\d+(?:[.,]\d+)?) ?%?`
	// exactly, within, bounded are the forms of a percentage that people write.
	exactly = regexp.MustCompile(`^(?:=|exactly )? ?` + number + `$`)
	within  = regexp.MustCompile(`^(?:between |from )?` + number + ` ?(?:-|to|and|\.\.|~) ?` + number + `$`)
	least   = regexp.MustCompile(`^(?:>=|≥|=>|at least|not less than|no less than|minimum|min\.?|from) ?` + number + `$|^` + number + ` ?(?:or (?:more|above|over)|and (?:more|above|over)|\+)$`)
	above   = regexp.MustCompile(`^(?:>|more than|over|above|greater than) ?` + number + `$`)
	most    = regexp.MustCompile(`^(?:<=|≤|=<|at most|not more than|no more than|up to|maximum|max\.?) ?` + number + `$|^` + number + ` ?(?:or|and) (?:less|below|under)$`)
	below   = regexp.MustCompile(`^(?:<|less than|under|below) ?` + number + `$`)
	// overTo and overToUnder are the bands of the United Kingdom.
	overTo      = regexp.MustCompile(`^(?:more than|over|above|>) ?` + number + ` ?(?:-|to|(?:but|and) (?:not|no) more than|up to|(?:and|but)? ?<=) ?` + number + `$`)
	overToUnder = regexp.MustCompile(`^(?:more than|over|above|>) ?` + number + ` ?(?:-|to|but|and)? ?(?:under|less than|below|<) ?` + number + `$`)
	leastToMost = regexp.MustCompile(`^(?:>=|≥|at least) ?` + number + ` ?(?:-|to|but|and)? ?(?:<=|≤|at most|(?:not|no) more than) ?` + number + `$`)
	leastTo     = regexp.MustCompile(`^(?:>=|≥|at least) ?` + number + ` ?(?:-|to|but|and)? ?(?:under|less than|below|<) ?` + number + `$`)
	// andOne is half of the shares and one more.
	andOne = regexp.MustCompile(`^` + number + ` ?(?:\+|plus) ?(?:1|one)(?: (?:share|vote|action))?$`)
	// fraction is a part of a whole of few parts: what has other parts may be two
	// shares side by side.
	fraction = regexp.MustCompile(`^(\d{1,4})/(\d|10|100|1000)$`)
	// ofWhat says of what a percentage is.
	ofWhat = regexp.MustCompile(` (?:of )?(?:the )?(?:(?:total|issued|ordinary) )?(?:shares|share capital|capital|equity|stock|stake|(voting rights|votes|voting))$`)

	toOneForm = strings.NewReplacer("percents", "%", "percent", "%", "per cent", "%", "pct", "%", "–", "-", "—", "-", "−", "-", "‑", "-", "‐", "-", "‒", "-", "〜", "~", "∼", "~")
)

// maxPercentage bounds what is looked at as a percentage.
const maxPercentage = 100

// parsePercentage reads a percentage as people write it. What it cannot read is
// a share that is not known, and never none.
func parsePercentage(text string) (ownership.Share, bool) {
	h, ok := parseHolding(text)
	return h.share, ok
}

// parseHolding reads a percentage, and of what it is if the text says so.
func parseHolding(text string) (holding, bool) {
	unknown := holding{ownership.Shareholding, ownership.UnknownShare}
	if len(text) > maxPercentage {
		return unknown, false
	}
	text = strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(scalar(text).decimal())), " "))
	text = strings.ReplaceAll(toOneForm.Replace(strings.ReplaceAll(text, "⁄", "/")), " %", "%")
	if strings.Contains(text, ",000") { // rather a number of shares
		return unknown, false
	}
	if m := ofWhat.FindStringSubmatchIndex(text); m != nil {
		if m[2] >= 0 {
			unknown.kind = ownership.VotingRights
		}
		text = text[:m[0]]
	}
	share, ok := parseShareText(text)
	return holding{unknown.kind, share}, ok
}

func parseShareText(text string) (ownership.Share, bool) {
	var s ownership.ShareText
	found := func(form *regexp.Regexp, bounds ...*string) bool {
		m := form.FindStringSubmatch(text)
		if m == nil {
			return false
		}
		for _, group := range m[1:] {
			if group != "" && len(bounds) > 0 {
				*bounds[0], bounds = strings.Replace(group, ",", ".", 1), bounds[1:]
			}
		}
		return true
	}
	switch {
	case found(exactly, &s.Exact):
	case found(overTo, &s.ExclusiveMinimum, &s.Maximum):
	case found(overToUnder, &s.ExclusiveMinimum, &s.ExclusiveMaximum):
	case found(leastToMost, &s.Minimum, &s.Maximum):
	case found(leastTo, &s.Minimum, &s.ExclusiveMaximum):
	case found(andOne, &s.ExclusiveMinimum):
	case found(within, &s.Minimum, &s.Maximum):
	case found(least, &s.Minimum):
	case found(above, &s.ExclusiveMinimum):
	case found(most, &s.Maximum):
	case found(below, &s.ExclusiveMaximum):
	case fraction.MatchString(text):
		part, ok := new(big.Rat).SetString(text)
		if !ok {
			return ownership.UnknownShare, false
		}
		s.Exact = part.Mul(part, big.NewRat(100, 1)).FloatString(12)
	default:
		return ownership.UnknownShare, false
	}
	share, err := ownership.ParseShare(s)
	if err != nil {
		return ownership.UnknownShare, false
	}
	return share, true
}
