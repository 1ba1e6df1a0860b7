package translate

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// What a status says, without the times at which it began to: to find out
// whether it has to be written, without keeping it in memory. What others write
// into the status is left out.

// TenantReport is what the status of a Tenant says.
func TenantReport(s *v1alpha1.TenantStatus) any {
	said := v1alpha1.TenantStatus{
		Conditions:         Timeless(s.Conditions, v1alpha1.ConditionReady, v1alpha1.ConditionClear, v1alpha1.ConditionRestricted),
		ObservedGeneration: s.ObservedGeneration, Verdicts: slices.Clone(s.Verdicts),
	}
	for i := range said.Verdicts {
		said.Verdicts[i].Since = metav1.Time{}
	}
	return said
}

// PolicyReport is what the status of a TenantPolicy says, apart from what audit
// and suspension write.
func PolicyReport(s *v1alpha1.TenantPolicyStatus) any {
	return v1alpha1.TenantPolicyStatus{
		Conditions: Timeless(s.Conditions, v1alpha1.ConditionReady, v1alpha1.ConditionMirrored), ObservedGeneration: s.ObservedGeneration,
		Tenants: s.Tenants, AnnualValueAffected: s.AnnualValueAffected, NextChange: s.NextChange,
	}
}

// EntityReport is what the status of a LegalEntity says.
func EntityReport(s *v1alpha1.LegalEntityStatus) any {
	return v1alpha1.LegalEntityStatus{
		Conditions: Timeless(s.Conditions, v1alpha1.ConditionReady), ObservedGeneration: s.ObservedGeneration,
	}
}

// ExemptionReport is what the status of a TenantExemption says.
func ExemptionReport(s *v1alpha1.TenantExemptionStatus) any {
	return v1alpha1.TenantExemptionStatus{
		Conditions: Timeless(s.Conditions, v1alpha1.ConditionReady), ObservedGeneration: s.ObservedGeneration,
	}
}

// Timeless are the conditions of some types, by type.
func Timeless(conditions []metav1.Condition, types ...string) []metav1.Condition {
	var said []metav1.Condition
	for _, t := range types {
		for _, c := range conditions {
			if c.Type == t {
				c.LastTransitionTime = metav1.Time{}
				said = append(said, c)
			}
		}
	}
	return said
}

// AccessPointReport is what the status of an AccessPoint says.
func AccessPointReport(s *v1alpha1.AccessPointStatus) any {
	return v1alpha1.AccessPointStatus{
		Conditions: Timeless(s.Conditions, v1alpha1.ConditionReady), ObservedGeneration: s.ObservedGeneration,
	}
}
