package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	domicilev1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1"
)

func TestUpdatesOfATenantExemption(t *testing.T) {
	ctx := t.Context()
	exemption := &domicilev1alpha1.TenantExemption{ObjectMeta: metav1.ObjectMeta{Name: "lantern-licence"}}
	unmarshal(t, `{tenantRef: {name: lantern}, policyRef: {name: no-cn}, reason: Licensed., reference: L-1, approvedBy: compliance,
		expiresAt: "2027-01-01T00:00:00Z"}`, &exemption.Spec)
	create(t, exemption)
	for _, tc := range []struct {
		name, reason string
		change       func(*domicilev1alpha1.TenantExemption)
		want         string
	}{{
		name:   "Tenant",
		reason: "what was approved for one tenant was not for another",
		change: func(e *domicilev1alpha1.TenantExemption) { e.Spec.TenantRef.Name = "harbour" },
		want:   "spec: Invalid value: tenantRef and policyRef cannot be changed: make another TenantExemption\n",
	}, {
		name:   "Policy",
		reason: "what was approved from one policy was not from another",
		change: func(e *domicilev1alpha1.TenantExemption) { e.Spec.PolicyRef.Name = "no-ru" },
		want:   "spec: Invalid value: tenantRef and policyRef cannot be changed: make another TenantExemption\n",
	}, {
		name:   "Extension",
		reason: "a licence is renewed",
		change: func(e *domicilev1alpha1.TenantExemption) {
			e.Spec.ExpiresAt = metav1.NewTime(e.Spec.ExpiresAt.AddDate(1, 0, 0))
			e.Spec.Reason, e.Spec.Reference, e.Spec.ApprovedBy = "Renewed.", "L-2", "the board"
		},
	}, {
		name:   "AtOnce",
		reason: "a licence is taken back",
		change: func(e *domicilev1alpha1.TenantExemption) {
			e.Spec.ExpiresAt = metav1.NewTime(e.Spec.ExpiresAt.AddDate(-10, 0, 0))
		},
	}, {
		name:   "Endless",
		reason: "every exemption ends",
		change: func(e *domicilev1alpha1.TenantExemption) { e.Spec.ExpiresAt = metav1.Time{} },
		want:   "spec.expiresAt: Required value\n",
	}, {
		name:   "StatusThroughTheObject",
		reason: "whoever may write exemptions must not be able to write what Domicile made of them",
		change: func(e *domicilev1alpha1.TenantExemption) { e.Status.ObservedGeneration = 42 },
	}} {
		t.Run(tc.name, func(t *testing.T) {
			changed := exemption.DeepCopy()
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
