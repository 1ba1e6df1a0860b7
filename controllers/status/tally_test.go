package status

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/sample"
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

// TestTallyFollowsWhatIsTouched changes a world at random, and compares what is
// counted step by step with what is counted at once.
func TestTallyFollowsWhatIsTouched(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	in := sample.World()
	for i := range 6 {
		in.Entities = append(in.Entities, sample.Entity(fmt.Sprint("e", i), "SG"))
		in.Tenants = append(in.Tenants, sample.Tenant(fmt.Sprint("t", i), fmt.Sprint("e", random.IntN(6)), "1.5"))
	}
	at := sample.BeforeTenth
	before := newPlan(snapshottest.Compile(in), at, nil)
	got := tallyOf(before)
	followed := 0
	for step := range 300 {
		in = changed(in, random)
		next := newPlan(snapshottest.Compile(in), at, before)
		touched := next.world.Since(before.world, at)
		if touched.Everything {
			t.Fatalf("step %d: everything is touched", step)
		}
		got.follow(before, next, touched)
		if want := tallyOf(next); cmp.Diff(toldBy(want), toldBy(got)) != "" {
			t.Fatalf("step %d (-counted at once +followed):\n%s", step, cmp.Diff(toldBy(want), toldBy(got)))
		}
		if len(touched.Tenants) < len(in.Tenants) {
			followed++
		}
		before = next
	}
	if followed < 100 {
		t.Errorf("only %d steps left any tenant alone", followed)
	}
}

// changed is a world with one object that is another one.
func changed(in snapshottest.Inputs, random *rand.Rand) snapshottest.Inputs {
	in.Entities, in.Tenants, in.Exemptions = slices.Clone(in.Entities), slices.Clone(in.Tenants), slices.Clone(in.Exemptions)
	switch random.IntN(5) {
	case 0:
		t := &in.Tenants[random.IntN(len(in.Tenants))]
		t.Spec.AnnualValue = &v1alpha1.Money{Amount: fmt.Sprint(random.IntN(9)) + ".25", Currency: []string{"EUR", "USD"}[random.IntN(2)]}
	case 1:
		in.Exemptions = []v1alpha1.TenantExemption{sample.Exemption("licence", sample.OnTenth.Add(time.Duration(random.IntN(3))*time.Hour))}
	case 2: // a policy comes, changes or goes, and somebody with it
		t := &in.Tenants[random.IntN(len(in.Tenants))]
		t.Labels = map[string]string{"tier": fmt.Sprint(random.IntN(2))}
		in.Policies = slices.Clone(in.Policies[:1])
		if random.IntN(3) > 0 {
			p := sample.Policy("second", nil)
			p.Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{[]v1alpha1.JurisdictionCode{"NL", "SG"}[random.IntN(2)]}
			p.Spec.TenantSelector = sample.Labelled("tier", "1")
			in.Policies = append(in.Policies, p)
		}
	default:
		at := random.IntN(len(in.Entities))
		in.Entities[at] = sample.Entity(in.Entities[at].Name, []string{"CN", "SG", "NL"}[random.IntN(3)], v1alpha1.Interest{
			Holder: v1alpha1.PartyReference{Name: fmt.Sprint("e", random.IntN(8))}, Kind: v1alpha1.InterestShareholding,
			Share: &v1alpha1.Share{Exact: []v1alpha1.Percent{"40", "60"}[random.IntN(2)]}, Since: []v1alpha1.Date{"", "2026-03-10"}[random.IntN(2)],
		})
	}
	return in
}

// toldBy is all that is told of a tally.
func toldBy(t *tally) map[string]string {
	all := map[string]string{}
	for policy, i := range t.policies {
		c := i.counts()
		all[policy] = fmt.Sprint(*c.Restricted, *c.Indeterminate, *c.Clear, i.money())
		if change := i.change(); change != nil {
			all[policy] += fmt.Sprint(change.At, change.Cause, *change.Tenants)
		}
	}
	for of, n := range t.ready {
		if n != 0 {
			all[of.kind+" "+of.reason] = fmt.Sprint(n)
		}
	}
	return all
}
