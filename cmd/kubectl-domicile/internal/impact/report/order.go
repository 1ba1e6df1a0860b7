package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/money"
)

// Sort puts tenants in the order of the report: by change; then by currency, the
// one first in which the most tenants pay, since amounts of two currencies cannot
// be compared; then by value, workloads, API keys and GPUs, the most first; then
// by name.
func Sort(tenants []Tenant) {
	change := map[Change]int{}
	for i, c := range Changes() {
		change[c] = i
	}
	pay := map[string]int{}
	for _, t := range tenants {
		if t.AnnualValue != nil {
			pay[t.AnnualValue.Currency]++
		}
	}
	slices.SortFunc(tenants, func(a, b Tenant) int {
		return cmp.Or(
			cmp.Compare(change[a.Change], change[b.Change]),
			byValue(a.AnnualValue, b.AnnualValue, pay),
			cmp.Compare(b.Workloads, a.Workloads),
			cmp.Compare(b.APIKeys, a.APIKeys),
			cmp.Compare(b.GPUs, a.GPUs),
			strings.Compare(a.Name, b.Name),
		)
	})
}

// byValue puts whoever pays nothing that is known last.
func byValue(a, b *money.Amount, pay map[string]int) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	default:
		return cmp.Or(
			cmp.Compare(pay[b.Currency], pay[a.Currency]),
			strings.Compare(a.Currency, b.Currency),
			money.Compare(b.Amount, a.Amount),
		)
	}
}

// Tally adds tenants up by change.
type Tally struct {
	of map[Change]*tally
}

type tally struct {
	tenants int
	value   money.Sums
	counts  Counts
}

// Add counts a tenant.
func (t *Tally) Add(c Change, value *money.Amount, counts Counts) {
	if t.of == nil {
		t.of = map[Change]*tally{}
	}
	if t.of[c] == nil {
		t.of[c] = &tally{}
	}
	one := t.of[c]
	one.tenants++
	one.counts.Add(counts)
	if value != nil {
		one.value.Add(*value)
	}
}

// Totals are the sums, in the order of the changes.
func (t *Tally) Totals() []Total {
	totals := []Total{}
	for _, c := range Changes() {
		one := t.of[c]
		if one == nil {
			continue
		}
		value := one.value.Amounts()
		if value == nil {
			value = []money.Amount{}
		}
		totals = append(totals, Total{Change: c, Tenants: one.tenants, AnnualValue: value, Counts: one.counts})
	}
	return totals
}
