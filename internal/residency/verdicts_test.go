package residency_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// judgedWorld has a tenant for each party of the graph, several of which change
// on days of July 2026, and policies of all sorts.
func judgedWorld(t testing.TB) *residency.World {
	t.Helper()
	w := &residency.World{
		Graph: graphtest.Build(t, graph+`
			sold:SG < 60 seed ..2026-07-10; bought:SG < 60 seed 2026-07-20..; ranged:SG < (40,60] seed ..2026-07-10`),
		Tenants: residency.TenantMap{"nobody": newTenant("nobody"), "lost": newTenant("lost", "nowhere"), "two": newTenant("two", "clean", "maybe")},
	}
	for _, party := range []string{"seed", "held", "maybe", "quiet", "quietheld", "clean", "half", "sold", "bought", "ranged"} {
		w.Tenants.(residency.TenantMap)[party] = newTenant(party, party)
		w.Tenants.(residency.TenantMap)[party].Labels = map[string]string{"party": party}
	}
	resellers := newTenant("reseller", "seed")
	resellers.Links[0].Role = residency.Reseller
	w.Tenants.(residency.TenantMap)["reseller"] = resellers
	w.Policies = []*residency.Policy{
		newPolicy(t), newPolicy(t, func(p *residency.Policy) { p.Name, p.Rule.UndisclosedPossible = "undisclosed", true }),
		newPolicy(t, func(p *residency.Policy) { p.Name, p.Roles = "customers", [4]bool{residency.Customer: true} }),
		newPolicy(t, func(p *residency.Policy) { p.Name, p.Invalid = "invalid", "it is" }),
		newPolicy(t, func(p *residency.Policy) {
			p.Name = "selects"
			p.SelectsTenant = func(l map[string]string) bool { return l["party"] == "sold" || l["party"] == "clean" }
		}),
		newPolicy(t, func(p *residency.Policy) {
			p.Name, p.EffectiveFrom, p.BeforeEffective = "announced", noon.AddDate(0, 0, 12), residency.Warn
		}),
	}
	return w
}

func TestVerdictsAreThoseOfEvaluate(t *testing.T) {
	t.Parallel()
	w := judgedWorld(t)
	known := 0
	for made := range 4 {
		v := residency.NewVerdicts(w, noon.AddDate(0, 0, 8*made))
		for day := range 30 {
			at := noon.AddDate(0, 0, day).Truncate(24 * time.Hour)
			for _, p := range w.Policies {
				for tenant := range w.Tenants.All() {
					got, ok := v.Of(p, tenant, at)
					if !ok {
						continue
					}
					known++
					if want := residency.Evaluate(p, w.Graph, residency.Request{At: at, Tenant: tenant}).Verdict; got != want {
						t.Errorf("policy %s, tenant %s at %s: %v beforehand, %v by Evaluate", p.Name, tenant.Name, at, got, want)
					}
				}
			}
		}
	}
	if known < 1000 {
		t.Errorf("only %d verdicts were known beforehand", known)
	}
}

func TestDecideAnswersTheSameWithVerdictsAndWithout(t *testing.T) {
	t.Parallel()
	w := judgedWorld(t)
	prepared := *w
	prepared.Verdicts = residency.NewVerdicts(w, noon)
	for name := range w.Tenants.(residency.TenantMap) {
		for _, o := range []*residency.Object{
			{Resource: "pods", Namespace: &residency.Namespace{Name: "n", Claims: claimsOf(name)}},
			{Resource: "pods", Namespace: &residency.Namespace{Name: "n", Claims: claimsOf(name)}, Claims: residency.Claims{OnBehalfOf: []residency.Claim{{Tenant: "held"}}}},
		} {
			for day := range 25 {
				at := noon.AddDate(0, 0, day)
				if diff := cmp.Diff(residency.Decide(w, o, at), residency.Decide(&prepared, o, at), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
					t.Errorf("tenant %s at %s (-without +with):\n%s", name, at, diff)
				}
			}
		}
	}
}

func claimsOf(tenant string) residency.Claims {
	return residency.Claims{Tenants: []residency.Claim{{Tenant: tenant}}}
}

func TestAVerdictIsReadWithoutAllocation(t *testing.T) {
	w := judgedWorld(t)
	v, p, tenant := residency.NewVerdicts(w, noon), w.Policies[0], w.Tenant("held")
	if got := testing.AllocsPerRun(100, func() {
		if verdict, ok := v.Of(p, tenant, noon); !ok || verdict != residency.Restricted {
			t.Error("the verdict is not known")
		}
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

// BenchmarkVerdict reads what is known beforehand and, beside it, asks Evaluate.
func BenchmarkVerdict(b *testing.B) {
	w := judgedWorld(b)
	for n := range 10_000 {
		name := fmt.Sprintf("t%d", n)
		w.Tenants.(residency.TenantMap)[name] = newTenant(name, "clean")
	}
	v, p, tenant := residency.NewVerdicts(w, noon), w.Policies[0], w.Tenant("t5000")
	b.Run("Known", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v.Of(p, tenant, noon)
		}
	})
	b.Run("Evaluate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			residency.Evaluate(p, w.Graph, residency.Request{At: noon, Tenant: tenant})
		}
	})
}
