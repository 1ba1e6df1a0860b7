package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ObjectName is the metadata.name of a cluster-scoped object of this API.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="!format.dns1123Subdomain().validate(self).hasValue()",message="must be the name of an object: lower-case letters, digits, '-' and '.'; wildcards are not allowed"
type ObjectName string

// TenantReference names a Tenant.
type TenantReference struct {
	// name is the metadata.name of the Tenant.
	// +required
	Name ObjectName `json:"name,omitempty"`
}

// PolicyReference names a TenantPolicy.
type PolicyReference struct {
	// name is the metadata.name of the TenantPolicy.
	// +required
	Name ObjectName `json:"name,omitempty"`
}

// TenantExemptionSpec is a licence or waiver: one policy does not apply to one
// tenant until an instant. What it is for never changes; another tenant or
// policy takes another exemption.
// +kubebuilder:validation:XValidation:rule="self.tenantRef == oldSelf.tenantRef && self.policyRef == oldSelf.policyRef",message="tenantRef and policyRef cannot be changed: make another TenantExemption"
type TenantExemptionSpec struct {
	// tenantRef is the tenant that is exempted. Parties that an object adds
	// with annotations are not.
	// +required
	TenantRef TenantReference `json:"tenantRef,omitzero"`

	// policyRef is the policy that it is exempted from.
	// +required
	PolicyRef PolicyReference `json:"policyRef,omitzero"`

	// reason says why the tenant is exempted, for people.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Reason string `json:"reason,omitempty"`

	// reference is where the licence or waiver is on record, such as its number.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}]')`,message="must be one line of text, without control or direction characters"
	Reference string `json:"reference,omitempty"` //nolint:kubeapilinter // noreferences takes it for a reference to an object: it is the number of a licence.

	// approvedBy is who has approved it.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}]')`,message="must be one line of text, without control or direction characters"
	ApprovedBy string `json:"approvedBy,omitempty"`

	// expiresAt is the first instant at which the exemption has no effect any
	// more, such as 2027-01-01T00:00:00Z.
	// +required
	// +kubebuilder:validation:XValidation:rule="self >= timestamp('1970-01-01T00:00:00Z')",message="must be a time such as 2027-01-01T00:00:00Z"
	ExpiresAt metav1.Time `json:"expiresAt,omitzero"` //nolint:kubeapilinter // requiredfields does not know that metav1.Time has no valid zero value.
}

// TenantExemptionStatus is what became of the exemption.
// +kubebuilder:validation:MinProperties=1
type TenantExemptionStatus struct {
	// conditions has Ready: whether the exemption has an effect.
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
}

// TenantExemption exempts one tenant from one policy until an instant. Whoever
// may create it needs a role of its own: no other role of Domicile has it.
//
// +genclient
// +genclient:nonNamespaced
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=tex,categories=domicile
// +kubebuilder:printcolumn:name="Tenant",type=string,JSONPath=`.spec.tenantRef.name`
// +kubebuilder:printcolumn:name="Policy",type=string,JSONPath=`.spec.policyRef.name`
// +kubebuilder:printcolumn:name="Expires At",type=string,JSONPath=`.spec.expiresAt`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Reference",type=string,JSONPath=`.spec.reference`,priority=1
// +kubebuilder:printcolumn:name="Approved By",type=string,JSONPath=`.spec.approvedBy`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type TenantExemption struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what has been granted.
	// +required
	Spec TenantExemptionSpec `json:"spec,omitzero"`

	// status is written by Domicile.
	// +optional
	Status TenantExemptionStatus `json:"status,omitzero"`
}

// TenantExemptionList is a list of TenantExemptions.
//
// +kubebuilder:object:root=true
type TenantExemptionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	// items are the TenantExemptions.
	Items []TenantExemption `json:"items"`
}
