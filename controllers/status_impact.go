package controllers

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

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
	verdicts                         verdictCounts
	affected                         map[string]*sum // by currency
	// next is the first change that is coming, and for how many tenants.
	next        *residency.Change
	nextTenants int32
}

// verdictCounts is a number of tenants by residency.Verdict.
type verdictCounts [residency.Restricted + 1]int

// upcoming takes a change into account that is coming for a tenant.
func (i *impact) upcoming(c residency.Change) {
	switch {
	case i.next == nil || c.At.Before(i.next.At):
		i.next, i.nextTenants = &c, 1
	case c.At.Equal(i.next.At):
		i.nextTenants++
	}
}

// change is what is coming, as the API says it; nil if nothing is.
func (i *impact) change() *v1alpha1.PolicyChange {
	if i.next == nil {
		return nil
	}
	return &v1alpha1.PolicyChange{
		At: metav1.NewTime(i.next.At), Cause: v1alpha1.ChangeCause(i.next.Cause.String()), Tenants: ptr.To(i.nextTenants),
	}
}

// sum is an exact amount of money, and with how many decimals to write it.
type sum struct {
	amount   big.Int
	decimals int
}

func (i *impact) add(v residency.Verdict, value *v1alpha1.Money) {
	i.verdicts[v]++
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
	amount, decimals, ok := parseMoney(m.Amount)
	if !ok {
		return // the API allows no such amount
	}
	if i.affected == nil {
		i.affected = map[string]*sum{}
	}
	if i.affected[m.Currency] == nil {
		i.affected[m.Currency] = &sum{}
	}
	s := i.affected[m.Currency]
	s.amount.Add(&s.amount, amount)
	s.decimals = max(s.decimals, decimals)
}

// money lists the sums by currency.
func (i *impact) money() []v1alpha1.Money {
	var sums []v1alpha1.Money
	for _, currency := range slices.Sorted(maps.Keys(i.affected)) {
		sums = append(sums, v1alpha1.Money{Amount: i.affected[currency].String(), Currency: currency})
	}
	return sums[:min(len(sums), maxCurrencies)]
}

func parseMoney(text string) (amount *big.Int, decimals int, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" || len(fraction) > moneyDecimals || strings.ContainsAny(text, "+-_") {
		return nil, 0, false
	}
	amount, ok = new(big.Int).SetString(whole+fraction+strings.Repeat("0", moneyDecimals-len(fraction)), 10)
	return amount, len(fraction), ok
}

// String writes as many decimals as the most precise summand had.
func (s *sum) String() string {
	amount := &s.amount
	if amount.Cmp(maxMoney) > 0 {
		amount = maxMoney
	}
	digits := fmt.Sprintf("%0*s", moneyDecimals+1, amount)
	cut := len(digits) - moneyDecimals
	return strings.TrimSuffix(digits[:cut]+"."+digits[cut:cut+s.decimals], ".")
}
