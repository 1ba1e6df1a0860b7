package controllers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

func TestImpactAddsUpExactly(t *testing.T) {
	usd := func(amount string) *v1alpha1.Money { return &v1alpha1.Money{Amount: amount, Currency: "USD"} }
	for _, tc := range []struct {
		name, reason string
		values       []*v1alpha1.Money
		want         []v1alpha1.Money
	}{
		{"nothing", "a tenant need not say", []*v1alpha1.Money{nil}, nil},
		{"one", "as it was written", []*v1alpha1.Money{usd("1200.50")}, []v1alpha1.Money{*usd("1200.50")}},
		{"tenths", "0.1 + 0.2 is 0.3", []*v1alpha1.Money{usd("0.1"), usd("0.2")}, []v1alpha1.Money{*usd("0.3")}},
		{"decimals", "the most precise one decides", []*v1alpha1.Money{usd("1"), usd("0.0001"), usd("2.50")}, []v1alpha1.Money{*usd("3.5001")}},
		{"beyond 2^53", "no float holds this", []*v1alpha1.Money{usd("900719925474099.1"), usd("0.0002")}, []v1alpha1.Money{*usd("900719925474099.1002")}},
		{"currencies", "they are not mixed, and sorted", []*v1alpha1.Money{usd("1"), {Amount: "5", Currency: "EUR"}, usd("2")},
			[]v1alpha1.Money{{Amount: "5", Currency: "EUR"}, *usd("3")}},
		{"too much", "the API has no place for more", []*v1alpha1.Money{usd("999999999999999"), usd("1.5")}, []v1alpha1.Money{*usd("999999999999999.9")}},
		{"not a number", "the API refuses it; if it is there all the same it is nothing", []*v1alpha1.Money{usd("1e3"), usd("-1"), usd("")}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var i impact
			for _, v := range tc.values {
				i.add(residency.Restricted, v, +1)
				i.add(residency.Clear, v, +1)
				i.add(residency.Indeterminate, v, +1)
			}
			if diff := cmp.Diff(tc.want, i.money()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			n := int32(len(tc.values))
			if diff := cmp.Diff(counts(n, n, n), *i.counts()); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
	}
}
