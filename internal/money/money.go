package money

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// decimals is how many decimals an amount of the API may have. Amounts are
// integers of 10⁻⁴.
const decimals = 4

// Amount is a decimal number, as the API writes it, and the ISO 4217 code of a
// currency.
type Amount struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// Sums adds amounts up by currency. The zero value is nothing.
type Sums struct {
	of map[string]*sum
}

// sum is an exact amount, and how many amounts of it have how many decimals.
type sum struct {
	amount big.Int
	with   [decimals + 1]int
}

// Add adds an amount. One that the API would refuse is not added: ok is false.
func (s *Sums) Add(a Amount) (ok bool) {
	amount, places, ok := parse(a.Amount)
	if !ok {
		return false
	}
	if s.of == nil {
		s.of = map[string]*sum{}
	}
	if s.of[a.Currency] == nil {
		s.of[a.Currency] = &sum{}
	}
	one := s.of[a.Currency]
	one.amount.Add(&one.amount, amount)
	one.with[places]++
	return true
}

// Remove takes off an amount that was added: the sums are as if it never was.
func (s *Sums) Remove(a Amount) {
	amount, places, ok := parse(a.Amount)
	one := s.of[a.Currency]
	if !ok || one == nil || one.with[places] == 0 {
		return
	}
	one.amount.Sub(&one.amount, amount)
	if one.with[places]--; one.with == [decimals + 1]int{} {
		delete(s.of, a.Currency)
	}
}

// decimals is how many the most precise of the amounts has.
func (s *sum) decimals() int {
	for places := decimals; places > 0; places-- {
		if s.with[places] > 0 {
			return places
		}
	}
	return 0
}

// Amounts lists the sums by currency, each with as many decimals as the most
// precise of what was added.
func (s *Sums) Amounts() []Amount { return s.list(nil) }

// AmountsUpTo is Amounts, in which a sum beyond a limit is written as the limit.
func (s *Sums) AmountsUpTo(limit string) []Amount {
	most, _, _ := parse(limit)
	return s.list(most)
}

func (s *Sums) list(limit *big.Int) []Amount {
	var amounts []Amount
	for _, currency := range slices.Sorted(maps.Keys(s.of)) {
		amounts = append(amounts, Amount{Amount: s.of[currency].text(limit), Currency: currency})
	}
	return amounts
}

func (s *sum) text(limit *big.Int) string {
	amount := &s.amount
	if limit != nil && amount.Cmp(limit) > 0 {
		amount = limit
	}
	digits := fmt.Sprintf("%0*s", decimals+1, amount)
	cut := len(digits) - decimals
	return strings.TrimSuffix(digits[:cut]+"."+digits[cut:cut+s.decimals()], ".")
}

// Compare orders amounts of one currency, the smallest first. What is no amount
// is less than any.
func Compare(a, b string) int {
	x, _, okX := parse(a)
	y, _, okY := parse(b)
	switch {
	case okX && okY:
		return x.Cmp(y)
	case okX:
		return 1
	case okY:
		return -1
	default:
		return cmp.Compare(a, b)
	}
}

// parse reads an amount as the API allows it: digits, and perhaps a point and
// up to four more.
func parse(text string) (amount *big.Int, places int, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" || len(text) > maxText || len(fraction) > decimals || strings.ContainsAny(text, "+-_") {
		return nil, 0, false
	}
	amount, ok = new(big.Int).SetString(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10)
	return amount, len(fraction), ok
}

// maxText bounds an amount, in bytes: sums of the API's fit, whatever the
// number of tenants.
const maxText = 64
