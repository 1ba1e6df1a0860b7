package ownership_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func TestParsePercentRoundsOutward(t *testing.T) {
	tests := map[string]struct {
		reason   string
		down, up ownership.Percent
		text     string // of down
	}{
		"0":                  {"nothing", 0, 0, "0"},
		"100":                {"everything", ownership.Whole, ownership.Whole, "100"},
		"50":                 {"exactly half", 500_000_000, 500_000_000, "50"},
		"50.0":               {"zeros say nothing", 500_000_000, 500_000_000, "50"},
		"50.00000000000":     {"zeros beyond the seventh decimal are no rounding", 500_000_000, 500_000_000, "50"},
		"050":                {"a leading zero", 500_000_000, 500_000_000, "50"},
		"00000000000000.5":   {"many leading zeros", 5_000_000, 5_000_000, "0.5"},
		"0.0000001":          {"one unit", 1, 1, "0.0000001"},
		"33.3333333":         {"seven decimals are exact", 333_333_333, 333_333_333, "33.3333333"},
		"33.33333333":        {"the eighth rounds outward", 333_333_333, 333_333_334, "33.3333333"},
		"0.00000000000001":   {"less than a unit", 0, 1, "0"},
		"99.99999999":        {"up may be everything", 999_999_999, ownership.Whole, "99.9999999"},
		"100.00000000000000": {"everything with zeros", ownership.Whole, ownership.Whole, "100"},
		"10.1":               {"zeros inside stay", 101_000_000, 101_000_000, "10.1"},
	}
	for in, tc := range tests {
		t.Run(in, func(t *testing.T) {
			down, err := ownership.ParsePercentDown(in)
			if err != nil || down != tc.down || down.String() != tc.text {
				t.Errorf("%s: ParsePercentDown = %d (%s), %v; want %d (%s)", tc.reason, down, down, err, tc.down, tc.text)
			}
			up, err := ownership.ParsePercentUp(in)
			if err != nil || up != tc.up {
				t.Errorf("%s: ParsePercentUp = %d, %v; want %d", tc.reason, up, err, tc.up)
			}
		})
	}
}

func TestParsePercentSaysWhatIsWrong(t *testing.T) {
	tests := map[string]struct{ reason, want string }{
		"":                                   {"nothing", "empty percentage: a decimal number from 0 to 100 is required"},
		"-1":                                 {"a sign", `"-1" is not a percentage: it has a sign`},
		"+1":                                 {"a sign", `"+1" is not a percentage: it has a sign`},
		"50%":                                {"a unit", `"50%" is not a percentage: write it without the percent sign`},
		" 50":                                {"white space", `" 50" is not a percentage: it has white space around it`},
		"50,5":                               {"a decimal comma", `"50,5" is not a percentage: write the decimal point as a point`},
		".5":                                 {"nothing before the point", `".5" is not a percentage: a digit is missing beside the decimal point`},
		"5.":                                 {"nothing after the point", `"5." is not a percentage: a digit is missing beside the decimal point`},
		"1e2":                                {"an exponent", `"1e2" is not a percentage: a decimal number from 0 to 100 without sign, exponent or unit is required`},
		"5.1.2":                              {"two points", `"5.1.2" is not a percentage: a decimal number from 0 to 100 without sign, exponent or unit is required`},
		"0x1":                                {"hexadecimal", `"0x1" is not a percentage: a decimal number from 0 to 100 without sign, exponent or unit is required`},
		"५०":                                 {"digits of another script", `"\u096b\u0966" is not a percentage: a decimal number from 0 to 100 without sign, exponent or unit is required`},
		"100.0000001":                        {"a unit too much", `"100.0000001" is more than 100 %`},
		"100.00000000000000000001":           {"less than a unit too much", `"100.00000000000000000001" is more than 100 %`},
		"101":                                {"more than everything", `"101" is more than 100 %`},
		"9999999999999999999999999999":       {"more than an integer holds", `"9999999999999999999999999999" is more than 100 %`},
		"0." + strings.Repeat("0", 98) + "1": {"too long to be read", "a percentage of 101 characters is too long: at most 64 are read"},
	}
	for in, tc := range tests {
		t.Run(in, func(t *testing.T) {
			for _, parse := range []func(string) (ownership.Percent, error){ownership.ParsePercentDown, ownership.ParsePercentUp} {
				if got, err := parse(in); err == nil || err.Error() != tc.want || got != 0 {
					t.Errorf("%s: got %d and error %v, want error %q", tc.reason, got, err, tc.want)
				}
			}
		})
	}
}

func FuzzParsePercent(f *testing.F) {
	for _, s := range []string{"0", "100", "33.33333333", "99.99999999", "1e2", "-1", "50.", "00050.10"} {
		f.Add(s)
	}
	unit := big.NewRat(1, 10_000_000)
	f.Fuzz(func(t *testing.T, s string) {
		down, err := ownership.ParsePercentDown(s)
		up, errUp := ownership.ParsePercentUp(s)
		if (err == nil) != (errUp == nil) {
			t.Fatalf("%q: %v down, %v up", s, err, errUp)
		}
		if err != nil {
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is read, but is no number", s)
		}
		exact.Quo(exact, unit)
		low, high := new(big.Rat).SetInt64(int64(down)), new(big.Rat).SetInt64(int64(up))
		if low.Cmp(exact) > 0 || high.Cmp(exact) < 0 || up-down > 1 || exact.IsInt() && up != down || up > ownership.Whole {
			t.Fatalf("%q is read as %d to %d", s, down, up)
		}
		if again, err := ownership.ParsePercentDown(down.String()); err != nil || again != down {
			t.Fatalf("%q is written as %q, which is %d, %v", s, down, again, err)
		}
	})
}
