package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// TenantCounts counts tenants by verdict.
// +kubebuilder:validation:MinProperties=1
type TenantCounts struct {
	// restricted is the number of tenants that are Restricted.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Restricted *int32 `json:"restricted,omitempty"`

	// indeterminate is the number of tenants that are Indeterminate.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Indeterminate *int32 `json:"indeterminate,omitempty"`

	// clear is the number of tenants that are Clear.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Clear *int32 `json:"clear,omitempty"`
}

// AffectedCounts counts what belongs to tenants that a policy finds Restricted,
// whatever it does with them, and whether they are exempted or not.
// +kubebuilder:validation:MinProperties=1
type AffectedCounts struct {
	// workloads is the number of workloads, without those that another one made.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Workloads *int32 `json:"workloads,omitempty"`

	// apiKeys is the number of API-key Secrets.
	// +optional
	// +kubebuilder:validation:Minimum=0
	APIKeys *int32 `json:"apiKeys,omitempty"`

	// gpus is the number of GPUs and other accelerators that Pods which have
	// not ended ask for.
	// +optional
	// +kubebuilder:validation:Minimum=0
	GPUs *int64 `json:"gpus,omitempty"`
}

// SuspendedCounts counts what a policy keeps suspended.
// +kubebuilder:validation:MinProperties=1
type SuspendedCounts struct {
	// tenants is the number of tenants with anything suspended.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Tenants *int32 `json:"tenants,omitempty"`

	// workloads is the number of workloads that are suspended.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Workloads *int32 `json:"workloads,omitempty"`

	// apiKeys is the number of API-key Secrets whose data is held.
	// +optional
	// +kubebuilder:validation:Minimum=0
	APIKeys *int32 `json:"apiKeys,omitempty"`

	// pending is the number of objects that are still to be suspended or given
	// back.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Pending *int32 `json:"pending,omitempty"`
}

// ChangeCause is why something changes without anybody touching an object.
// +kubebuilder:validation:Enum=NoticePeriodEnds;ExemptionExpires;OwnershipChanges
type ChangeCause string

// The causes.
const (
	// ChangeNoticePeriodEnds: spec.enforcement.effectiveFrom arrives.
	ChangeNoticePeriodEnds ChangeCause = "NoticePeriodEnds"
	// ChangeExemptionExpires: a TenantExemption arrives at spec.expiresAt.
	ChangeExemptionExpires ChangeCause = "ExemptionExpires"
	// ChangeOwnershipChanges: an interest begins or ends.
	ChangeOwnershipChanges ChangeCause = "OwnershipChanges"
)

// PolicyChange is the next time at which what a policy does changes by itself.
type PolicyChange struct {
	// at is when.
	// +required
	At metav1.Time `json:"at,omitzero"` //nolint:kubeapilinter // requiredfields does not know that metav1.Time has no valid zero value.

	// cause is why. NoticePeriodEnds: spec.enforcement.effectiveFrom arrives.
	// ExemptionExpires: a TenantExemption ends. OwnershipChanges: an interest begins or
	// ends.
	// +required
	Cause ChangeCause `json:"cause,omitempty"`

	// tenants is the number of tenants whose verdict or action changes.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Tenants *int32 `json:"tenants,omitempty"`
}

// TenantPolicyStatus is what the policy does.
// +kubebuilder:validation:MinProperties=1
type TenantPolicyStatus struct {
	// conditions has Ready: whether admission enforces the policy as declared;
	// and, with existing: Suspend, Suspension: whether everything is suspended
	// that should be.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the metadata.generation that this status is about.
	// +optional
	// +kubebuilder:validation:Minimum=1
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// tenants counts the tenants that the policy is about by verdict.
	// +optional
	Tenants *TenantCounts `json:"tenants,omitzero"`

	// annualValueAffected is the annual value of the tenants that are
	// Restricted, one sum for each currency.
	// +optional
	// +listType=map
	// +listMapKey=currency
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	AnnualValueAffected []Money `json:"annualValueAffected,omitempty"`

	// affected counts what runs for the tenants that are Restricted. It is as
	// of the latest audit, and absent before the first one.
	// +optional
	Affected *AffectedCounts `json:"affected,omitzero"`

	// suspended counts what the policy keeps suspended.
	// +optional
	Suspended *SuspendedCounts `json:"suspended,omitzero"`

	// nextChange is the next time at which the policy does something else with
	// a tenant, although nobody touches anything. Of ownership data, the next
	// three dates on which it changes are looked at.
	// +optional
	NextChange *PolicyChange `json:"nextChange,omitzero"`
}
