package controllers

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Amounts are added up as integers of 10⁻⁴: the API allows four decimals.
const moneyDecimals = 4

// maxMoney is the largest amount that the API allows. A sum beyond it is
// written as this.
var maxMoney, _ = new(big.Int).SetString("999999999999999"+"9999", 10)

// impact adds up what a policy does to tenants.
type impact struct {
	restricted, indeterminate, clear int32
	affected                         map[string]*big.Int // by currency
}

func (i *impact) add(v residency.Verdict, value *v1alpha1.Money) {
	switch v {
	case residency.Clear:
		i.clear++
	case residency.Restricted:
		i.restricted++
		i.addMoney(value)
	default:
		i.indeterminate++
	}
}

func (i *impact) addMoney(m *v1alpha1.Money) {
	if m == nil {
		return
	}
	amount, ok := parseMoney(m.Amount)
	if !ok {
		return // the API allows no such amount
	}
	if i.affected == nil {
		i.affected = map[string]*big.Int{}
	}
	if i.affected[m.Currency] == nil {
		i.affected[m.Currency] = new(big.Int)
	}
	i.affected[m.Currency].Add(i.affected[m.Currency], amount)
}

// money lists the sums by currency.
func (i *impact) money() []v1alpha1.Money {
	var sums []v1alpha1.Money
	for _, currency := range slices.Sorted(maps.Keys(i.affected)) {
		sums = append(sums, v1alpha1.Money{Amount: formatMoney(i.affected[currency]), Currency: currency})
	}
	return sums[:min(len(sums), maxCurrencies)]
}

func parseMoney(amount string) (*big.Int, bool) {
	whole, fraction, _ := strings.Cut(amount, ".")
	if whole == "" || len(fraction) > moneyDecimals || strings.ContainsAny(amount, "+-_") {
		return nil, false
	}
	return new(big.Int).SetString(whole+fraction+strings.Repeat("0", moneyDecimals-len(fraction)), 10)
}

// formatMoney writes no more decimals than are needed.
func formatMoney(sum *big.Int) string {
	if sum.Cmp(maxMoney) > 0 {
		sum = maxMoney
	}
	digits := fmt.Sprintf("%0*s", moneyDecimals+1, sum.String())
	cut := len(digits) - moneyDecimals
	return strings.TrimSuffix(strings.TrimRight(digits[:cut]+"."+digits[cut:], "0"), ".")
}
