package suspension

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

// worldOf has so many tenants, of which some are restricted by each policy: a
// policy blocks KP or IR, or both.
func worldOf(tenants, kp, ir int, policies ...v1alpha1.TenantPolicy) *snapshot.Snapshot {
	w := snapshottest.Inputs{Policies: policies}
	for i := range tenants {
		name := fmt.Sprintf("t%03d", i)
		place := v1alpha1.JurisdictionCode("SG")
		switch {
		case i < kp:
			place = "KP"
		case i < kp+ir:
			place = "IR"
		}
		w.Entities = append(w.Entities, v1alpha1.LegalEntity{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec: v1alpha1.LegalEntitySpec{DisplayName: name, Type: v1alpha1.EntityCompany,
				Jurisdictions: &v1alpha1.EntityJurisdictions{Headquarters: place}},
		})
		w.Tenants = append(w.Tenants, v1alpha1.Tenant{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       v1alpha1.TenantSpec{Parties: []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: name}}}},
		})
	}
	return snapshottest.Compile(w)
}

func policyOn(name string, confirmed int32, codes ...v1alpha1.JurisdictionCode) v1alpha1.TenantPolicy {
	return v1alpha1.TenantPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.TenantPolicySpec{
			Jurisdictions: v1alpha1.JurisdictionRule{Blocked: codes},
			Enforcement:   v1alpha1.Enforcement{Existing: v1alpha1.ExistingSuspend, MaxSuspendedTenants: confirmed},
		},
	}
}

func TestCircuitBreaker(t *testing.T) {
	reports := policyOn("reports", 0, "KP")
	reports.Spec.Enforcement = v1alpha1.Enforcement{}
	announced := policyOn("announced", 0, "KP")
	announced.Spec.Enforcement.EffectiveFrom = &metav1.Time{Time: noon.Add(time.Hour)}
	announced.Spec.Enforcement.BeforeEffective = v1alpha1.ActionWarn
	selective := policyOn("some", 0, "KP")
	selective.Spec.TenantSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "export"}}
	returning := []entry{{tenant: "t050", want: giveBack, policies: []string{"kp"}}, {tenant: "t051", want: giveBack, policies: []string{"kp"}}}
	kept := []entry{{tenant: "t050", want: keep, policies: []string{"kp"}}, {tenant: "t051", want: keep, policies: []string{"kp"}}}
	for name, tc := range map[string]struct {
		world   *snapshot.Snapshot
		entries []entry
		share   int
		want    map[string]bool // whether each policy may suspend
		reason  string
	}{
		"within the share":       {worldOf(100, 10, 0, policyOn("kp", 0, "KP")), nil, 10, map[string]bool{"kp": true}, "exactly the share is not more"},
		"beyond the share":       {worldOf(100, 11, 0, policyOn("kp", 0, "KP")), nil, 10, map[string]bool{"kp": false}, "one more needs a confirmation"},
		"confirmed":              {worldOf(100, 11, 0, policyOn("kp", 11, "KP")), nil, 10, map[string]bool{"kp": true}, "of so many"},
		"confirmed for fewer":    {worldOf(100, 11, 0, policyOn("kp", 10, "KP")), nil, 10, map[string]bool{"kp": false}, "the register may have become worse since"},
		"a small cluster":        {worldOf(3, 1, 0, policyOn("kp", 0, "KP")), nil, 10, map[string]bool{"kp": false}, "one of three is a third"},
		"nobody may":             {worldOf(100, 1, 0, policyOn("kp", 0, "KP")), nil, 0, map[string]bool{"kp": false}, "each has to be confirmed"},
		"everybody may":          {worldOf(3, 3, 0, policyOn("kp", 0, "KP")), nil, 100, map[string]bool{"kp": true}, "the breaker is switched off"},
		"together beyond":        {worldOf(100, 6, 6, policyOn("kp", 0, "KP"), policyOn("ir", 6, "IR")), nil, 10, map[string]bool{"kp": false, "ir": true}, "each policy confirms its own"},
		"the same tenants twice": {worldOf(100, 8, 0, policyOn("kp", 0, "KP"), policyOn("too", 0, "KP")), nil, 10, map[string]bool{"kp": true, "too": true}, "a tenant counts once"},
		"kept count":             {worldOf(100, 9, 0, policyOn("kp", 0, "KP")), kept, 10, map[string]bool{"kp": false}, "they are switched off, too"},
		"given back do not":      {worldOf(100, 9, 0, policyOn("kp", 0, "KP")), returning, 10, map[string]bool{"kp": true}, "they will soon be back"},
		"given back, then kept":  {worldOf(100, 9, 0, policyOn("kp", 0, "KP")), append(returning, kept...), 10, map[string]bool{"kp": false}, "each is looked at"},
		"about others":           {worldOf(100, 50, 0, selective), nil, 10, map[string]bool{"some": true}, "the policy is about none of them"},
		"reported only":          {worldOf(100, 50, 0, reports), nil, 10, map[string]bool{"reports": false}, "it suspends nobody"},
		"announced":              {worldOf(100, 50, 0, announced, policyOn("ir", 0, "IR")), nil, 10, map[string]bool{"ir": true}, "nobody is suspended before the date"},
	} {
		t.Run(name, func(t *testing.T) {
			a := assess(tc.world, noon, tc.entries, tc.share)
			open := false
			for policy, want := range tc.want {
				if got := a.allowed([]string{policy}); got != want {
					t.Errorf("%s may suspend: %v, want %v: %s (%d of %d)", policy, got, want, tc.reason, a.affected, a.tenants)
				}
				open = open || !want && len(a.each[policy]) > 0
			}
			if got := a.isOpen(); got != open {
				t.Errorf("the breaker is open: %v, want %v: %s", got, open, tc.reason)
			}
		})
	}
}
