package explain

import "github.com/domicile-dev/domicile/internal/ownership"

// fine is how far from a round number a bound may be to read as an exclusive
// bound: "more than 25 %" is one unit above 25 %, and sums of such bounds are a
// few units off.
const (
	fine  = 16
	round = 100_000 // 0.01 %
)

// percent writes an amount: 68 %.
func percent(p ownership.Percent) string { return p.String() + " %" }

// least writes a lower bound: "40 %", or "more than 25 %" for one just above.
func least(p ownership.Percent) string {
	if rest := p % round; rest > 0 && rest <= fine {
		return "more than " + percent(p-rest)
	}
	return percent(p)
}

// most writes an upper bound: "60 %", or "less than 50 %" for one just below.
func most(p ownership.Percent) string {
	if rest := round - p%round; rest > 0 && rest <= fine && p%round != 0 {
		return "less than " + percent(p+rest)
	}
	return percent(p)
}

// shareText writes a share or a range.
func shareText(s ownership.Share) string {
	if s == ownership.UnknownShare {
		return "an unknown share"
	}
	return rangeText(s)
}

// rangeText writes a sum, of which something is always known.
func rangeText(s ownership.Share) string {
	switch {
	case s.Lower == s.Upper:
		return percent(s.Lower)
	case s.Lower == 0:
		return upTo(s.Upper)
	case s.Upper == ownership.Whole:
		return atLeast(s.Lower)
	default:
		return least(s.Lower) + " to " + most(s.Upper)
	}
}

// partText writes a part, of which the last decimal may be rounded: 66.6666666… %.
func partText(s ownership.Share) string {
	if s.Upper-s.Lower == 1 {
		return s.Lower.String() + "… %"
	}
	return rangeText(s)
}

// atLeast writes a lower bound in full: "at least 25 %", "more than 25 %".
func atLeast(p ownership.Percent) string {
	if text := least(p); text != percent(p) {
		return text
	}
	return "at least " + percent(p)
}

// upTo writes an upper bound in full: "up to 50 %", "less than 50 %".
func upTo(p ownership.Percent) string {
	if text := most(p); text != percent(p) {
		return text
	}
	return "up to " + percent(p)
}
