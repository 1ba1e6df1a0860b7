package growth

import (
	"math"
	"math/big"
	"strings"
)

// maxQuantity bounds what is read as a quantity.
const maxQuantity = 32

// nano is what quantities are counted in: Kubernetes keeps nothing smaller.
const nano = 1_000_000_000

// units are what a quantity may end in, in billionths. A power of ten is none of
// them: it may be a billion digits long, and nobody writes one.
var units = func() map[string]*big.Int {
	m := map[string]*big.Int{}
	unit := big.NewInt(1)
	for _, name := range []string{"n", "u", "m", "", "k", "M", "G", "T", "P", "E"} {
		m[name] = unit
		unit = new(big.Int).Mul(unit, big.NewInt(1000))
	}
	unit = big.NewInt(nano)
	for _, name := range []string{"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"} {
		unit = new(big.Int).Lsh(unit, 10)
		m[name] = unit
	}
	return m
}()

// largest is what Kubernetes takes a larger quantity with a binary unit for.
var largest = new(big.Int).Mul(big.NewInt(math.MaxInt64), big.NewInt(nano))

// quantity reads an amount of a resource as Kubernetes does, in billionths; false
// if it is none.
func quantity(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int64:
		return new(big.Int).Mul(big.NewInt(v), big.NewInt(nano)), true
	case string:
		if v == "" || len(v) > maxQuantity {
			return nil, false
		}
		magnitude, negative := strings.CutPrefix(v, "-")
		if !negative {
			magnitude = strings.TrimPrefix(v, "+")
		}
		n, ok := magnitudeOf(magnitude)
		if ok && negative {
			n.Neg(n)
		}
		return n, ok
	default:
		return nil, false
	}
}

// magnitudeOf reads a quantity without its sign. What is less than a billionth
// counts as one.
func magnitudeOf(text string) (*big.Int, bool) {
	whole, rest := cutDigits(text)
	fraction := ""
	if after, ok := strings.CutPrefix(rest, "."); ok {
		fraction, rest = cutDigits(after)
	}
	unit, ok := units[rest]
	if !ok {
		return nil, false
	}
	digits := whole + fraction
	if digits == "" {
		// An oddity of Kubernetes: a unit alone is 0, but for these two.
		return new(big.Int), rest != "Pi" && rest != "Ei"
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return nil, false
	}
	n.Mul(n, unit)
	places := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(fraction))), nil)
	if _, remainder := n.QuoRem(n, places, new(big.Int)); remainder.Sign() != 0 {
		n.Add(n, big.NewInt(1))
	}
	if strings.HasSuffix(rest, "i") && n.Cmp(largest) > 0 {
		n.Set(largest)
	}
	return n, true
}

func cutDigits(text string) (digits, rest string) {
	rest = strings.TrimLeft(text, "0123456789")
	return text[:len(text)-len(rest)], rest
}
