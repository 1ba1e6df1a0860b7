package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Role is a link of the access chain: in what capacity a party takes part.
// +kubebuilder:validation:Enum=Customer;Reseller;EndUser;Payer
type Role string

// The roles.
const (
	// RoleCustomer has the contract.
	RoleCustomer Role = "Customer"
	// RoleReseller sells on; a cloud platform is one.
	RoleReseller Role = "Reseller"
	// RoleEndUser uses what runs.
	RoleEndUser Role = "EndUser"
	// RolePayer pays for it.
	RolePayer Role = "Payer"
)

// TenantParty is one party of a tenant's access chain.
type TenantParty struct {
	// role is in what capacity the party takes part. Customer: it has the contract.
	// Reseller: it sells on, such as a cloud platform. EndUser: it uses what runs.
	// Payer: it pays.
	// +required
	Role Role `json:"role,omitempty"`

	// entity is who it is.
	// +required
	Entity PartyReference `json:"entity,omitzero"`
}

// TenantNamespaces says which namespaces are a tenant's: those that are bound to
// it, and those that are not bound in which it may be claimed, by name and by
// label.
// +kubebuilder:validation:MinProperties=1
type TenantNamespaces struct {
	// bound lists namespaces in which everything belongs to this tenant, as if the
	// Namespace had the annotation domicile.dev/tenant. It outlives the Namespace:
	// one that is deleted and made again is bound. If a namespace is bound to several
	// tenants, by their specs or by its annotation, all of them count, and the
	// strictest answer wins. Changing it needs the verb bind on this Tenant. Without
	// it, none are bound by this Tenant.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:XValidation:rule="!format.dns1123Label().validate(self).hasValue()",message="must be the name of a Namespace: lower-case letters, digits and '-'; wildcards are not allowed"
	// +kubebuilder:validation:items:XValidation:rule="!(self in ['kube-system', 'kube-public', 'kube-node-lease'])",message="namespaces of Kubernetes itself belong to no tenant"
	Bound []string `json:"bound,omitempty"`

	// names lists namespaces in which this tenant may be claimed. Without it, only those
	// that selector selects.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:XValidation:rule="!format.dns1123Label().validate(self).hasValue()",message="must be the name of a Namespace: lower-case letters, digits and '-'; wildcards are not allowed, use selector"
	Names []string `json:"names,omitempty"`

	// selector selects namespaces by label in which this tenant may be claimed. An
	// empty selector selects all. Without it, only those in names.
	// +optional
	// +kubebuilder:validation:XValidation:rule="(!has(self.matchLabels) || self.matchLabels.size() <= 32) && (!has(self.matchExpressions) || self.matchExpressions.size() <= 32)",message="at most 32 matchLabels and 32 matchExpressions"
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// Money is an amount in a currency.
type Money struct {
	// amount is a decimal number with at most four decimals.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=20
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{1,15}([.][0-9]{1,4})?$')",message="must be a decimal number with at most four decimals and no separators, such as '1250000.00'"
	Amount string `json:"amount,omitempty"`

	// currency is an ISO 4217 code.
	// +required
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=3
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Z]{3}$')",message="must be an ISO 4217 code such as USD, in upper case"
	Currency string `json:"currency,omitempty"`
}

// TenantSpec is a customer of the cluster and the parties behind it.
type TenantSpec struct {
	// displayName is how people call the tenant. Without it, by its metadata.name.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}]')`,message="must be one line of text, without control or direction characters"
	DisplayName string `json:"displayName,omitempty"`

	// parties is the access chain. Every party in a role that a policy traces
	// is traced.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Parties []TenantParty `json:"parties,omitempty"`

	// namespaces says which namespaces are bound to this tenant, and where else it
	// may be claimed. Without it, only in namespaces that are bound to the tenant by
	// their own annotation.
	// +optional
	Namespaces *TenantNamespaces `json:"namespaces,omitzero"`

	// identifiers are by what access points know the tenant: who it is in a token,
	// a certificate or a header. If several Tenants have one, all of them count.
	// Without it, by its metadata.name and its API keys alone.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Identifiers []Identifier `json:"identifiers,omitempty"`

	// annualValue is what the tenant pays per year; policies add it up to show
	// what they would cost. Without it, nothing is added up for the tenant.
	// +optional
	AnnualValue *Money `json:"annualValue,omitzero"`
}

// Verdict is what a policy finds out about a tenant.
// +kubebuilder:validation:Enum=Indeterminate;Unidentified;Clear;Restricted
type Verdict string

// The verdicts.
const (
	// VerdictIndeterminate: not enough is known for Clear or Restricted.
	VerdictIndeterminate Verdict = "Indeterminate"
	// VerdictUnidentified: no tenant is claimed, or the one claimed does not exist.
	VerdictUnidentified Verdict = "Unidentified"
	// VerdictClear: no party traces to a restricted owner.
	VerdictClear Verdict = "Clear"
	// VerdictRestricted: a party is restricted.
	VerdictRestricted Verdict = "Restricted"
)

// VerdictChange is the next time at which a policy does something else with a
// tenant, although nobody touches anything.
type VerdictChange struct {
	// at is when.
	// +required
	At metav1.Time `json:"at,omitzero"` //nolint:kubeapilinter // requiredfields does not know that metav1.Time has no valid zero value.

	// cause is why. NoticePeriodEnds: effectiveFrom of the policy arrives.
	// ExemptionExpires: a TenantExemption ends. OwnershipChanges: an interest begins or
	// ends.
	// +required
	Cause ChangeCause `json:"cause,omitempty"`

	// verdict is what the policy finds out about the tenant from then on: Clear,
	// Restricted, Indeterminate or Unidentified.
	// +required
	Verdict Verdict `json:"verdict,omitempty"`

	// action is what the policy does with the tenant from then on: Deny, Warn, Audit or
	// Allow.
	// +required
	Action Action `json:"action,omitempty"`
}

// TenantVerdict is the verdict of one policy about a tenant.
type TenantVerdict struct {
	// policy is the metadata.name of the TenantPolicy.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Policy string `json:"policy,omitempty"`

	// verdict is what the policy finds out about the tenant. Clear: no party traces to a
	// restricted owner. Restricted: one does. Indeterminate: too little is known for
	// either. Unidentified: there is no such tenant.
	// +required
	Verdict Verdict `json:"verdict,omitempty"`

	// reason is why, for machines.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason,omitempty"`

	// action is what the policy does with the tenant now: in a notice period or
	// under an exemption, less than it would do otherwise. Deny refuses, Warn admits
	// with a warning, Audit with a line in the audit log, and Allow admits.
	// +optional
	Action Action `json:"action,omitempty"`

	// exemption is the metadata.name of the TenantExemption that makes action
	// Allow.
	// +optional
	Exemption ObjectName `json:"exemption,omitempty"`

	// next is the next time at which verdict or action change by themselves. Of
	// ownership data, the next three dates on which it changes are looked at.
	// +optional
	Next *VerdictChange `json:"next,omitzero"`

	// path is why, for people, in one line.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Path string `json:"path,omitempty"`

	// since is when this verdict was first reached.
	// +required
	Since metav1.Time `json:"since,omitzero"` //nolint:kubeapilinter // requiredfields does not know that metav1.Time has no valid zero value.
}

// TenantStatus is what the policies find out about the tenant.
// +kubebuilder:validation:MinProperties=1
type TenantStatus struct {
	// conditions has Ready: whether all parties of the tenant are known; and Clear
	// and Restricted: what all policies together find out.
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

	// verdicts has one entry for each policy whose tenantSelector selects the
	// tenant: Restricted first, then Indeterminate, then the others.
	// +optional
	// +listType=map
	// +listMapKey=policy
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=128
	Verdicts []TenantVerdict `json:"verdicts,omitempty"`
}

// Tenant is a customer whose workloads and API keys the cluster runs, and the
// chain of parties through which it has access.
//
// +genclient
// +genclient:nonNamespaced
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=ten,categories=domicile
// +kubebuilder:printcolumn:name="Display Name",type=string,JSONPath=`.spec.displayName`
// +kubebuilder:printcolumn:name="Verdict",type=string,JSONPath=`.status.verdicts[0].verdict`
// +kubebuilder:printcolumn:name="Policy",type=string,JSONPath=`.status.verdicts[0].policy`
// +kubebuilder:printcolumn:name="Action",type=string,JSONPath=`.status.verdicts[0].action`
// +kubebuilder:printcolumn:name="Next Change",type=string,JSONPath=`.status.verdicts[0].next.at`,priority=1
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Path",type=string,JSONPath=`.status.verdicts[0].path`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type Tenant struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is who the tenant is.
	// +required
	Spec TenantSpec `json:"spec,omitzero"`

	// status is written by Domicile.
	// +optional
	Status TenantStatus `json:"status,omitzero"`
}

// TenantList is a list of Tenants.
//
// +kubebuilder:object:root=true
type TenantList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	// items are the Tenants.
	Items []Tenant `json:"items"`
}
