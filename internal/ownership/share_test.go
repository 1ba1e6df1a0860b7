package ownership_test

import (
	"math/big"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func TestParseShare(t *testing.T) {
	const half = ownership.Whole / 2
	tests := map[string]struct {
		reason string
		in     ownership.ShareText
		want   ownership.Share
	}{
		"Nothing":            {"no bound is not nothing", ownership.ShareText{}, ownership.UnknownShare},
		"Exact":              {"both bounds", ownership.ShareText{Exact: "50"}, ownership.Share{Lower: half, Upper: half}},
		"ExactZero":          {"exactly nothing", ownership.ShareText{Exact: "0"}, ownership.Share{}},
		"ExactFine":          {"rounds outward", ownership.ShareText{Exact: "33.33333333"}, ownership.Share{Lower: 333333333, Upper: 333333334}},
		"Minimum":            {"up to everything", ownership.ShareText{Minimum: "75"}, ownership.Share{Lower: 750000000, Upper: ownership.Whole}},
		"Maximum":            {"from nothing", ownership.ShareText{Maximum: "25"}, ownership.Share{Lower: 0, Upper: 250000000}},
		"Over25To50":         {"a band of the UK register", ownership.ShareText{ExclusiveMinimum: "25", Maximum: "50"}, ownership.Share{Lower: 250000001, Upper: half}},
		"Over50Under75":      {"a band of the UK register", ownership.ShareText{ExclusiveMinimum: "50", ExclusiveMaximum: "75"}, ownership.Share{Lower: half + 1, Upper: 749999999}},
		"FineMinimum":        {"down", ownership.ShareText{Minimum: "33.33333333"}, ownership.Share{Lower: 333333333, Upper: ownership.Whole}},
		"FineMaximum":        {"up", ownership.ShareText{Maximum: "33.33333333"}, ownership.Share{Lower: 0, Upper: 333333334}},
		"FineExclusive":      {"of shares above 33.33333333 some are below 33.3333334", ownership.ShareText{ExclusiveMinimum: "33.33333333"}, ownership.Share{Lower: 333333333, Upper: ownership.Whole}},
		"FineBelowHalf":      {"of shares above 49.99999999 some are below 50", ownership.ShareText{ExclusiveMinimum: "49.99999999"}, ownership.Share{Lower: half - 1, Upper: ownership.Whole}},
		"FineAboveHalf":      {"of shares below 50.00000001 some are above 50", ownership.ShareText{ExclusiveMaximum: "50.00000001"}, ownership.Share{Lower: 0, Upper: half + 1}},
		"NarrowerThanAUnit":  {"a range in which no whole unit lies is not empty", ownership.ShareText{ExclusiveMinimum: "50", ExclusiveMaximum: "50.0000001"}, ownership.Share{Lower: half, Upper: half + 1}},
		"NarrowFine":         {"both ends within one unit", ownership.ShareText{ExclusiveMinimum: "50.00000001", ExclusiveMaximum: "50.00000002"}, ownership.Share{Lower: half, Upper: half + 1}},
		"JustAboveHalf":      {"one end is a whole unit", ownership.ShareText{ExclusiveMinimum: "50", Maximum: "50.00000001"}, ownership.Share{Lower: half + 1, Upper: half + 1}},
		"OneValue":           {"minimum and maximum may be equal", ownership.ShareText{Minimum: "50", Maximum: "50.0"}, ownership.Share{Lower: half, Upper: half}},
		"LessThanEverything": {"an exclusive end of the scale", ownership.ShareText{ExclusiveMaximum: "100"}, ownership.Share{Lower: 0, Upper: ownership.Whole - 1}},
		"MoreThanNothing":    {"an exclusive end of the scale", ownership.ShareText{ExclusiveMinimum: "0"}, ownership.Share{Lower: 1, Upper: ownership.Whole}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := ownership.ParseShare(tc.in); err != nil || got != tc.want {
				t.Errorf("%s: ParseShare(%+v) = %v, %v; want %v", tc.reason, tc.in, got, err, tc.want)
			}
		})
	}
}

func TestParseShareSaysWhatIsWrong(t *testing.T) {
	const empty = "no share is above the lower and below the upper bound"
	tests := map[string]struct {
		in   ownership.ShareText
		want string
	}{
		"ExactAndBound":      {ownership.ShareText{Exact: "50", Maximum: "60"}, "exact excludes every bound"},
		"TwoMinimums":        {ownership.ShareText{Minimum: "50", ExclusiveMinimum: "50"}, "at most one of minimum and exclusiveMinimum may be set"},
		"TwoMaximums":        {ownership.ShareText{Maximum: "50", ExclusiveMaximum: "50"}, "at most one of maximum and exclusiveMaximum may be set"},
		"Inverted":           {ownership.ShareText{Minimum: "60", Maximum: "50"}, empty},
		"InvertedByLittle":   {ownership.ShareText{Minimum: "50.00000002", Maximum: "50.00000001"}, empty},
		"EmptyByExclusion":   {ownership.ShareText{ExclusiveMinimum: "50", Maximum: "50"}, empty},
		"MoreThanEverything": {ownership.ShareText{ExclusiveMinimum: "100"}, empty},
		"LessThanNothing":    {ownership.ShareText{ExclusiveMaximum: "0"}, empty},
		"BadExact":           {ownership.ShareText{Exact: "x"}, `exact: "x" is not a percentage: a decimal number from 0 to 100 without sign, exponent or unit is required`},
		"BadMinimum":         {ownership.ShareText{ExclusiveMinimum: "101"}, `exclusiveMinimum: "101" is more than 100 %`},
		"BadMaximum":         {ownership.ShareText{Maximum: "-1"}, `maximum: "-1" is not a percentage: it has a sign`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := ownership.ParseShare(tc.in); err == nil || err.Error() != tc.want {
				t.Errorf("ParseShare(%+v) = %v, %v; want error %q", tc.in, got, err, tc.want)
			}
		})
	}
}

// FuzzParseShare holds that a range contains everything that the text allows
// and is at most two units wider.
func FuzzParseShare(f *testing.F) {
	f.Add("50", "", "", "", "")
	f.Add("", "", "", "49.99999999", "50.00000001")
	f.Add("", "33.33333333", "", "", "33.33333334")
	f.Add("", "", "50", "50", "")
	f.Fuzz(func(t *testing.T, exact, minimum, maximum, exclusiveMinimum, exclusiveMaximum string) {
		text := ownership.ShareText{
			Exact: exact, Minimum: minimum, Maximum: maximum,
			ExclusiveMinimum: exclusiveMinimum, ExclusiveMaximum: exclusiveMaximum,
		}
		share, err := ownership.ParseShare(text)
		if err != nil {
			return
		}
		if share.Lower < 0 || share.Lower > share.Upper || share.Upper > ownership.Whole {
			t.Fatalf("%+v is %v", text, share)
		}
		lower, upper := big.NewRat(0, 1), big.NewRat(int64(ownership.Whole), 1)
		for _, s := range []string{exact, minimum, exclusiveMinimum} {
			if s != "" {
				lower.SetString(s)
				lower.Mul(lower, big.NewRat(10_000_000, 1))
			}
		}
		for _, s := range []string{exact, maximum, exclusiveMaximum} {
			if s != "" {
				upper.SetString(s)
				upper.Mul(upper, big.NewRat(10_000_000, 1))
			}
		}
		low, high := new(big.Rat).SetInt64(int64(share.Lower)), new(big.Rat).SetInt64(int64(share.Upper))
		if exclusiveMinimum != "" && lower.IsInt() && low.Cmp(lower) > 0 {
			low.Sub(low, big.NewRat(1, 1))
		}
		if exclusiveMaximum != "" && upper.IsInt() && high.Cmp(upper) < 0 {
			high.Add(high, big.NewRat(1, 1))
		}
		widest := big.NewRat(1, 1)
		if low.Cmp(lower) > 0 || high.Cmp(upper) < 0 || new(big.Rat).Sub(lower, low).Cmp(widest) >= 0 || new(big.Rat).Sub(high, upper).Cmp(widest) >= 0 {
			t.Fatalf("%+v is %v", text, share)
		}
	})
}
