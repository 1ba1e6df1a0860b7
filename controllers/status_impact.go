package controllers

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/money"
	"github.com/domicile-dev/domicile/internal/residency"
)

// maxMoney is the largest amount that the API allows. A sum beyond it is
// written as this.
const maxMoney = "999999999999999.9999"

// impact adds up what a policy does to tenants.
type impact struct {
	restricted, indeterminate, clear int32
	verdicts                         verdictCounts
	affected                         money.Sums
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
		i.next.Cause = min(i.next.Cause, c.Cause) // whichever tenant comes first
		i.nextTenants++
	}
}

// change is what is coming, as the API says it; nil if nothing is.
func (i *impact) change() *v1alpha1.PolicyChange {
	if i.next == nil {
		return nil
	}
	return &v1alpha1.PolicyChange{
		At: metav1.NewTime(written(i.next.At)), Cause: v1alpha1.ChangeCause(i.next.Cause.String()), Tenants: ptr.To(i.nextTenants),
	}
}

func (i *impact) add(v residency.Verdict, value *v1alpha1.Money) {
	i.verdicts[v]++
	switch v {
	case residency.Clear:
		i.clear++
	case residency.Restricted:
		i.restricted++
		if value != nil {
			i.affected.Add(money.Amount{Amount: value.Amount, Currency: value.Currency}) // what the API does not allow is nothing
		}
	default:
		i.indeterminate++
	}
}

// money lists the sums by currency.
func (i *impact) money() []v1alpha1.Money {
	var sums []v1alpha1.Money
	for _, a := range i.affected.AmountsUpTo(maxMoney) {
		sums = append(sums, v1alpha1.Money{Amount: a.Amount, Currency: a.Currency})
	}
	return sums[:min(len(sums), maxCurrencies)]
}
