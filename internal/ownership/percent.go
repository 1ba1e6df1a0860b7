package ownership

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Percent counts 10⁻⁷ percent: Whole is 100 %.
type Percent int64

// Whole is 100 %.
const Whole Percent = 1_000_000_000

const (
	// unitsPerPercent is 1 %; decimals is how many digits behind the point a
	// unit has.
	unitsPerPercent = 10_000_000
	decimals        = 7
	// maxPercentText bounds what is read as one decimal string.
	maxPercentText = 64
)

// ParsePercentDown reads a decimal string from 0 to 100, without sign, exponent
// or unit. Digits beyond the seventh decimal round down: use it for what is at
// least held.
func ParsePercentDown(s string) (Percent, error) {
	d, err := parseDecimal(s)
	return d.down(), err
}

// ParsePercentUp is ParsePercentDown but rounds up: use it for what is at most
// held.
func ParsePercentUp(s string) (Percent, error) {
	d, err := parseDecimal(s)
	return d.up(), err
}

// String gives the shortest decimal, such as 33.3333333, without a unit.
func (p Percent) String() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	s := sign + strconv.FormatInt(int64(p/unitsPerPercent), 10)
	if rest := p % unitsPerPercent; rest != 0 {
		s += "." + strings.TrimRight(fmt.Sprintf("%0*d", decimals, rest), "0")
	}
	return s
}

// decimal is a decimal string without loss: whole units, and the digits that
// are finer than a unit, without trailing zeros.
type decimal struct {
	units Percent
	finer string
}

func (d decimal) down() Percent { return d.units }

func (d decimal) up() Percent {
	if d.finer == "" {
		return d.units
	}
	return d.units + 1
}

func (d decimal) less(e decimal) bool {
	if d.units != e.units {
		return d.units < e.units
	}
	return d.finer < e.finer
}

func parseDecimal(s string) (decimal, error) {
	if s == "" {
		return decimal{}, errors.New("empty percentage: a decimal number from 0 to 100 is required")
	}
	if len(s) > maxPercentText {
		return decimal{}, fmt.Errorf("a percentage of %d characters is too long: at most %d are read", len(s), maxPercentText)
	}
	whole, fraction, point := strings.Cut(s, ".")
	if !digits(whole) || point && !digits(fraction) {
		return decimal{}, fmt.Errorf("%s is not a percentage: %s", strconv.QuoteToASCII(s), misread(s))
	}
	whole = strings.TrimLeft(whole, "0")
	finer := ""
	if len(fraction) > decimals {
		fraction, finer = fraction[:decimals], strings.TrimRight(fraction[decimals:], "0")
	}
	fraction += strings.Repeat("0", decimals-len(fraction))
	d := decimal{finer: finer}
	if len(whole) <= len("100") {
		// At most ten digits: this cannot fail.
		units, err := strconv.ParseInt("0"+whole+fraction, 10, 64)
		if err != nil {
			return decimal{}, fmt.Errorf("%q is not a percentage: %w", s, err)
		}
		d.units = Percent(units)
	}
	if len(whole) > len("100") || (decimal{units: Whole}).less(d) {
		return decimal{}, fmt.Errorf("%q is more than 100 %%", s)
	}
	return d, nil
}

// misread says what is wrong with a string that is no decimal number.
func misread(s string) string {
	switch {
	case strings.TrimSpace(s) != s:
		return "it has white space around it"
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "+"):
		return "it has a sign"
	case strings.HasSuffix(s, "%"):
		return "write it without the percent sign"
	case strings.Contains(s, ","):
		return "write the decimal point as a point"
	case strings.HasPrefix(s, "."), strings.HasSuffix(s, "."):
		return "a digit is missing beside the decimal point"
	default:
		return "a decimal number from 0 to 100 without sign, exponent or unit is required"
	}
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
