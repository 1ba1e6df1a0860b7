package snapshot_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const licence = `
tenantRef: {name: lantern}
policyRef: {name: no-cn}
reason: Licensed.
reference: L-1
approvedBy: compliance
expiresAt: "2027-01-01T00:00:00+08:00"
`

func exemptionOf(t *testing.T, name, more string) *v1alpha1.TenantExemption {
	t.Helper()
	e := &v1alpha1.TenantExemption{ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1}}
	for _, text := range []string{licence, more} {
		if err := yaml.UnmarshalStrict([]byte(text), &e.Spec); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// TestExemptionsAreGivenToTheirPolicies holds that each policy has its own, by
// tenant, in whatever order they come, and that an invalid one exempts nobody.
func TestExemptionsAreGivenToTheirPolicies(t *testing.T) {
	t.Parallel()
	all := []v1alpha1.TenantExemption{
		*exemptionOf(t, "b", ""), *exemptionOf(t, "a", ""), *exemptionOf(t, "c", "tenantRef: {name: harbour}"),
		*exemptionOf(t, "d", "policyRef: {name: no-ru}"), *exemptionOf(t, "e", "policyRef: {name: gone}"),
		*exemptionOf(t, "bad", `approvedBy: ""`),
	}
	policies := []v1alpha1.TenantPolicy{{}, {}, {}}
	for i, name := range []string{"no-cn", "no-ru", "no-by"} {
		policies[i].Name = name
		policies[i].Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{"CN"}
	}
	want := map[string]map[string][]string{
		"no-cn": {"lantern": {"a", "b"}, "harbour": {"c"}}, "no-ru": {"lantern": {"d"}}, "no-by": nil,
	}
	revisions := map[string]bool{}
	for range len(all) {
		all = append(all[1:], all[0])
		s := snapshot.Compile(snapshot.Inputs{Policies: policies, Exemptions: all})
		revisions[s.Revision] = true
		got := map[string]map[string][]string{}
		for _, p := range s.Policies {
			got[p.Name] = nil
			for tenant, exemptions := range p.Exemptions {
				if got[p.Name] == nil {
					got[p.Name] = map[string][]string{}
				}
				for _, e := range exemptions {
					got[p.Name][tenant] = append(got[p.Name][tenant], e.Name)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("beginning with %s (-want +got):\n%s", all[0].Name, diff)
		}
	}
	if len(revisions) != 1 {
		t.Errorf("the order makes %d revisions", len(revisions))
	}
	renewed := append([]v1alpha1.TenantExemption{}, all...)
	renewed[0] = *exemptionOf(t, renewed[0].Name, `expiresAt: "2028-01-01T00:00:00Z"`)
	for name, changed := range map[string][]v1alpha1.TenantExemption{"one less": all[1:], "none": nil, "renewed": renewed} {
		if revisions[snapshot.Compile(snapshot.Inputs{Policies: policies, Exemptions: changed}).Revision] {
			t.Errorf("%s: the same revision", name)
		}
	}
}
