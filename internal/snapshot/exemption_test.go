package snapshot_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

// exempt is an exemption of a tenant from a policy.
func exempt(name, tenant, policy string) v1alpha1.TenantExemption {
	return v1alpha1.TenantExemption{
		ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1},
		Spec: v1alpha1.TenantExemptionSpec{
			TenantRef: v1alpha1.TenantReference{Name: v1alpha1.ObjectName(tenant)},
			PolicyRef: v1alpha1.PolicyReference{Name: v1alpha1.ObjectName(policy)},
			Reason:    "Licensed.", Reference: "L-1", ApprovedBy: "compliance",
			ExpiresAt: metav1.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC),
		},
	}
}

// TestExemptionsAreGivenToTheirPolicies holds that each policy has its own, by
// tenant, in whatever order they come, and that an invalid one exempts nobody.
func TestExemptionsAreGivenToTheirPolicies(t *testing.T) {
	t.Parallel()
	bad := exempt("bad", "lantern", "no-cn")
	bad.Spec.ApprovedBy = ""
	all := []v1alpha1.TenantExemption{
		exempt("b", "lantern", "no-cn"), exempt("a", "lantern", "no-cn"), exempt("c", "harbour", "no-cn"),
		exempt("d", "lantern", "no-ru"), exempt("e", "lantern", "gone"), bad,
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
		s := snapshottest.Compile(snapshottest.Inputs{Policies: policies, Exemptions: all})
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
	renewed := slices.Clone(all)
	renewed[0].Spec.ExpiresAt = metav1.Date(2028, time.January, 1, 0, 0, 0, 0, time.UTC)
	for name, changed := range map[string][]v1alpha1.TenantExemption{"one less": all[1:], "none": nil, "renewed": renewed} {
		if revisions[snapshottest.Compile(snapshottest.Inputs{Policies: policies, Exemptions: changed}).Revision] {
			t.Errorf("%s: the same revision", name)
		}
	}
}
