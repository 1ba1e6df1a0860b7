package money_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/money"
)

func usd(amount string) money.Amount { return money.Amount{Amount: amount, Currency: "USD"} }

func TestAddsUpExactly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, reason string
		add, want    []money.Amount
	}{
		{"nothing", "nobody said anything", nil, nil},
		{"one", "as it was written", []money.Amount{usd("1200.50")}, []money.Amount{usd("1200.50")}},
		{"tenths", "0.1 + 0.2 is 0.3", []money.Amount{usd("0.1"), usd("0.2")}, []money.Amount{usd("0.3")}},
		{"decimals", "the most precise one decides", []money.Amount{usd("1"), usd("0.0001"), usd("2.50")}, []money.Amount{usd("3.5001")}},
		{"beyond 2^53", "no float holds this", []money.Amount{usd("900719925474099.1"), usd("0.0002")}, []money.Amount{usd("900719925474099.1002")}},
		{"beyond the API", "a sum has no limit of its own", []money.Amount{usd("999999999999999"), usd("1.5")}, []money.Amount{usd("1000000000000000.5")}},
		{"currencies", "they are not mixed, and sorted", []money.Amount{usd("1"), {Amount: "5", Currency: "EUR"}, usd("2")},
			[]money.Amount{{Amount: "5", Currency: "EUR"}, usd("3")}},
		{"no amounts", "the API refuses them", []money.Amount{usd("1e3"), usd("-1"), usd(""), usd("1.23456"), usd("1.2.3"), usd(".5"), usd("1_0"), usd("٣")}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var sums money.Sums
			for _, a := range tc.add {
				sums.Add(a)
			}
			if diff := cmp.Diff(tc.want, sums.Amounts()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestASumBeyondALimitIsTheLimit(t *testing.T) {
	t.Parallel()
	var sums money.Sums
	sums.Add(usd("999999999999999"))
	sums.Add(usd("1.5"))
	if diff := cmp.Diff([]money.Amount{usd("999999999999999.9")}, sums.AmountsUpTo("999999999999999.9999")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompares(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b, reason string
		want         int
	}{
		{"9", "10", "numbers, not texts", -1},
		{"1.50", "1.5", "decimals that say nothing", 0},
		{"0.3", "0.2999", "decimals that do", 1},
		{"0", "", "nothing known is less than nothing", 1},
		{"", "0", "and the other way around", -1},
	} {
		if got := money.Compare(tc.a, tc.b); got != tc.want {
			t.Errorf("%s: Compare(%q, %q) = %d, want %d", tc.reason, tc.a, tc.b, got, tc.want)
		}
	}
}
