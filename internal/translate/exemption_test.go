package translate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

const licence = `
tenantRef: {name: lantern}
policyRef: {name: no-cn}
reason: Licensed.
reference: L-1
approvedBy: compliance
expiresAt: "2027-01-01T00:00:00+08:00"
`

// exemptionOf reads a TenantExemption; what is in more replaces what it has.
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

var sameInstant = cmp.Comparer(time.Time.Equal)

func TestExemptionIsCompiled(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, time.December, 31, 16, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		reason, more string
		want         *residency.Exemption
		errors       []string
	}{
		{"all that there is to say", "", &residency.Exemption{Name: "e", Tenant: "lantern", Reference: "L-1", ExpiresAt: expires}, nil},
		{
			"a fraction of a second is an instant", `expiresAt: "2026-12-31T16:00:00.000000001Z"`,
			&residency.Exemption{Name: "e", Tenant: "lantern", Reference: "L-1", ExpiresAt: expires.Add(1)}, nil,
		},
		{"for everybody", `tenantRef: {name: "*"}`, nil, []string{"spec.tenantRef.name"}},
		{"for nobody", `tenantRef: {name: ""}`, nil, []string{"spec.tenantRef.name"}},
		{"from everything", `policyRef: {name: "*"}`, nil, []string{"spec.policyRef.name"}},
		{"several tenants", `tenantRef: {name: "a,b"}`, nil, []string{"spec.tenantRef.name"}},
		{"endless", `expiresAt: null`, nil, []string{"spec.expiresAt"}},
		{
			"everything is missing, in the order of the fields", `{tenantRef: {name: ""}, policyRef: {name: ""}, reason: "", reference: "", approvedBy: "", expiresAt: null}`,
			nil, []string{"spec.tenantRef.name", "spec.policyRef.name", "spec.reason", "spec.reference", "spec.approvedBy", "spec.expiresAt"},
		},
	} {
		for range 5 { // any order would be a status that is written again and again
			got, errs := Exemption(exemptionOf(t, "e", row.more))
			if diff := cmp.Diff(row.want, got, sameInstant); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			var fields []string
			for _, err := range errs {
				fields = append(fields, err.Field)
			}
			if diff := cmp.Diff(row.errors, fields); diff != "" {
				t.Errorf("%s: errors (-want +got):\n%s", row.reason, diff)
			}
		}
	}
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
		s := Compile(World{Policies: policies, Exemptions: all})
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
		if revisions[Compile(World{Policies: policies, Exemptions: changed}).Revision] {
			t.Errorf("%s: the same revision", name)
		}
	}
}
