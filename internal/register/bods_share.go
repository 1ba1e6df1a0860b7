package register

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

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
	// Unread is all else.
	Unread jsontext.Value `json:",embed"`
}

// share reads a share, which some publishers write as one number or text. What
// cannot be read, and bounds that leave no share between them, is a share that
// is not known; of two bounds, the one that can be read counts. A maximum of BODS
// 0.3 without exclusiveMaximum is taken to be part of the range, which is the
// wider reading.
func (t *tally) share(s *textOr[shareOf], at place) ownership.Share {
	if s.Object == nil {
		if s.Text == "" {
			return ownership.UnknownShare
		}
		share, ok := parsePercentage(scalar(s.Text).decimal())
		if !ok {
			t.remark(UnreadShare, at, "%s is no percentage: the share counts as unknown", quote(s.Text))
		}
		return share
	}
	o := s.Object
	if len(o.Unread) > 0 {
		t.remark(UnreadProperty, at, "members of a share that are not read: %s", quote(string(o.Unread)))
	}
	minimum, above := o.Minimum.percent(), o.ExclusiveMinimum.percent()
	maximum, below := o.Maximum.percent(), o.ExclusiveMaximum.percent()
	minimum, above = beforeTruth(minimum, above)
	maximum, below = beforeTruth(maximum, below)
	within := ownership.UnknownShare
	// Each bound by itself: some publishers write the same one in two forms.
	for _, text := range []ownership.ShareText{
		{Exact: o.Exact.percent()}, {Minimum: minimum}, {Maximum: maximum}, {ExclusiveMinimum: above}, {ExclusiveMaximum: below},
	} {
		if text == (ownership.ShareText{}) {
			continue
		}
		bound, err := ownership.ParseShare(text)
		if err != nil {
			t.remark(UnreadShare, at, "a bound of the share counts as unknown: %v", err)
			continue
		}
		within = ownership.Share{Lower: max(within.Lower, bound.Lower), Upper: min(within.Upper, bound.Upper)}
	}
	if within.Lower > within.Upper {
		t.remark(UnreadShare, at, "the share counts as unknown: its bounds contradict each other")
		return ownership.UnknownShare
	}
	return within
}

// percent is the number as decimal writes it, without a percent sign and with a
// point for a comma.
func (v scalar) percent() string {
	if v == "" {
		return ""
	}
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(v)), "%"))
	if strings.Count(s, ",") == 1 && !strings.ContainsAny(s, ".") && !strings.HasSuffix(s, ",000") {
		s = strings.Replace(s, ",", ".", 1)
	}
	return scalar(s).decimal()
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
