package register

import (
	"github.com/domicile-dev/domicile/internal/ownership"
)

// shareOf is a share in BODS. Before 0.4 exclusiveMinimum and exclusiveMaximum
// say, true or false, what minimum and maximum are.
type shareOf struct {
	Exact            scalar `json:"exact"`
	Minimum          scalar `json:"minimum"`
	Maximum          scalar `json:"maximum"`
	ExclusiveMinimum scalar `json:"exclusiveMinimum"`
	ExclusiveMaximum scalar `json:"exclusiveMaximum"`
}

// share reads a share. What cannot be read, and bounds that leave no share
// between them, is a share that is not known. A maximum of BODS 0.3 without
// exclusiveMaximum is taken to be part of the range, which is the wider reading.
func (t *tally) share(s *shareOf, at place) ownership.Share {
	if s == nil {
		return ownership.UnknownShare
	}
	minimum, above := s.Minimum.decimal(), s.ExclusiveMinimum.decimal()
	maximum, below := s.Maximum.decimal(), s.ExclusiveMaximum.decimal()
	minimum, above = beforeTruth(minimum, above)
	maximum, below = beforeTruth(maximum, below)
	within := ownership.UnknownShare
	// Each bound by itself: some publishers write the same one in two forms.
	for _, text := range []ownership.ShareText{
		{Exact: s.Exact.decimal()}, {Minimum: minimum}, {Maximum: maximum}, {ExclusiveMinimum: above}, {ExclusiveMaximum: below},
	} {
		if text == (ownership.ShareText{}) {
			continue
		}
		bound, err := ownership.ParseShare(text)
		if err != nil {
			t.remark(UnreadShare, at, "the share counts as unknown: %v", err)
			return ownership.UnknownShare
		}
		within = ownership.Share{Lower: max(within.Lower, bound.Lower), Upper: min(within.Upper, bound.Upper)}
	}
	if within.Lower > within.Upper {
		t.remark(UnreadShare, at, "the share counts as unknown: its bounds contradict each other")
		return ownership.UnknownShare
	}
	return within
}

// beforeTruth turns a bound that says true or false into one of numbers.
func beforeTruth(bound, exclusive string) (inclusive, exclusiveBound string) {
	switch exclusive {
	case "true":
		return "", bound
	case "false":
		return bound, ""
	default:
		return bound, exclusive
	}
}
