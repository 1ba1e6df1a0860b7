package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	domicilev1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1"
	apply "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
)

func TestUpdatesOfALegalEntity(t *testing.T) {
	ctx := t.Context()
	entity := &domicilev1alpha1.LegalEntity{
		ObjectMeta: metav1.ObjectMeta{Name: "lantern-update"},
		Spec: domicilev1alpha1.LegalEntitySpec{
			DisplayName:   "Lantern",
			Type:          domicilev1alpha1.EntityCompany,
			Jurisdictions: &domicilev1alpha1.EntityJurisdictions{Headquarters: "SG"},
		},
	}
	create(t, entity)
	for _, tc := range []struct {
		name, reason string
		change       func(*domicilev1alpha1.LegalEntity)
		want         string
	}{{
		name:   "Type",
		reason: "a company does not become a person: whoever writes that means another party",
		change: func(e *domicilev1alpha1.LegalEntity) {
			e.Spec.Type = domicilev1alpha1.EntityArrangement
		},
		want: "spec.type: Invalid value: \"Arrangement\": type is immutable: create another LegalEntity\n",
	}, {
		name:   "MoveOfTheHeadquarters",
		reason: "companies move, and are renamed",
		change: func(e *domicilev1alpha1.LegalEntity) {
			e.Spec.DisplayName = "Lantern International"
			e.Spec.Jurisdictions.Headquarters = "CN"
		},
	}, {
		name:   "StatusThroughTheObject",
		reason: "whoever may write entities must not be able to write what Domicile found out about them",
		change: func(e *domicilev1alpha1.LegalEntity) {
			e.Status.ObservedGeneration = 42
		},
	}} {
		t.Run(tc.name, func(t *testing.T) {
			changed := entity.DeepCopy()
			tc.change(changed)
			got := ""
			if err := server.Update(ctx, changed, client.DryRunAll); err != nil {
				got = complaints(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if changed.Status.ObservedGeneration != 0 && got == "" {
				t.Error("the status was written through the object")
			}
		})
	}
}

func TestStatusIsBounded(t *testing.T) {
	ctx := t.Context()
	tenant := &domicilev1alpha1.Tenant{
		ObjectMeta: metav1.ObjectMeta{Name: "lantern-status"},
		Spec: domicilev1alpha1.TenantSpec{Parties: []domicilev1alpha1.TenantParty{{
			Role: domicilev1alpha1.RoleCustomer, Entity: domicilev1alpha1.PartyReference{Name: "lantern-sg"},
		}}},
	}
	create(t, tenant)
	verdict := domicilev1alpha1.TenantVerdict{
		Policy: "a", Verdict: domicilev1alpha1.VerdictClear, Reason: "NoRestrictedOwner", Since: metav1.Now().Rfc3339Copy(),
	}
	for _, tc := range []struct {
		name, reason string
		verdicts     []domicilev1alpha1.TenantVerdict
		want         string
	}{{
		name:     "OneVerdictForEachPolicy",
		reason:   "verdicts are a map by policy, so that server-side apply merges them",
		verdicts: []domicilev1alpha1.TenantVerdict{verdict, verdict},
		want:     "status.verdicts[1]: Duplicate value: {\"policy\":\"a\"}\n",
	}, {
		name:     "UnknownVerdict",
		reason:   "the set of verdicts is closed",
		verdicts: []domicilev1alpha1.TenantVerdict{{Policy: "a", Verdict: "Fine", Reason: "Fine", Since: metav1.Now()}},
		want: "status.verdicts[0].verdict: Unsupported value: \"Fine\": " +
			"supported values: \"Indeterminate\", \"Unidentified\", \"Clear\", \"Restricted\"\n",
	}, {
		name:     "Good",
		reason:   "what the controllers write",
		verdicts: []domicilev1alpha1.TenantVerdict{verdict},
	}} {
		t.Run(tc.name, func(t *testing.T) {
			changed := tenant.DeepCopy()
			changed.Status.Verdicts = tc.verdicts
			got := ""
			if err := server.Status().Update(ctx, changed, client.DryRunAll); err != nil {
				got = complaints(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

// TestVerdictsKeepTheirOrder: kubectl's columns show the first verdict, so the
// order in which the controllers apply them has to be the one that is stored.
func TestVerdictsKeepTheirOrder(t *testing.T) {
	ctx := t.Context()
	tenant := &domicilev1alpha1.Tenant{
		ObjectMeta: metav1.ObjectMeta{Name: "lantern-order"},
		Spec: domicilev1alpha1.TenantSpec{Parties: []domicilev1alpha1.TenantParty{{
			Role: domicilev1alpha1.RoleCustomer, Entity: domicilev1alpha1.PartyReference{Name: "lantern-sg"},
		}}},
	}
	create(t, tenant)
	for _, policies := range [][]string{{"a", "b", "c"}, {"c", "a", "b"}, {"b", "d", "c"}, {"d"}} {
		status := apply.TenantStatus()
		for _, policy := range policies {
			status.WithVerdicts(apply.TenantVerdict().WithPolicy(policy).
				WithVerdict(domicilev1alpha1.VerdictClear).WithReason("NoRestrictedOwner").WithSince(metav1.Now().Rfc3339Copy()))
		}
		if err := server.Status().Apply(ctx, apply.Tenant(tenant.Name).WithStatus(status), client.FieldOwner("test")); err != nil {
			t.Fatal(err)
		}
		stored := &domicilev1alpha1.Tenant{}
		if err := server.Get(ctx, client.ObjectKeyFromObject(tenant), stored); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, verdict := range stored.Status.Verdicts {
			got = append(got, verdict.Policy)
		}
		if diff := cmp.Diff(policies, got); diff != "" {
			t.Errorf("order of what is stored (-applied +stored):\n%s", diff)
		}
	}
}
