package v1alpha1

// Identifier is a party's name in a public scheme.
type Identifier struct {
	// scheme is the list that issues the identifier: LEI, an org-id.guide code
	// such as GB-COH, or any name that the registers in use agree on.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9][A-Za-z0-9._-]*$`
	Scheme string `json:"scheme,omitempty"`

	// id is the identifier within the scheme.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:Pattern=`^[^\s,](.*[^\s,])?$`
	ID string `json:"id,omitempty"`
}

// PartyReference names a party of the ownership graph. The party need not
// exist yet: a reference to nobody is a party about which nothing is known.
// +kubebuilder:validation:XValidation:rule="has(self.name) != has(self.identifier)",message="exactly one of name and identifier must be set"
type PartyReference struct {
	// name is the metadata.name of a LegalEntity.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	Name string `json:"name,omitempty"`

	// identifier is looked up among all LegalEntities and registers.
	// +optional
	Identifier *Identifier `json:"identifier,omitempty"`
}

// JurisdictionCode is an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code
// (UA-43). HK, MO and TW are codes of their own; CN does not imply them.
// +kubebuilder:validation:MinLength=2
// +kubebuilder:validation:MaxLength=6
// +kubebuilder:validation:Pattern=`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`
type JurisdictionCode string

// Percent is a decimal string from 0 to 100 without a sign, exponent or
// percent sign. Digits after the seventh decimal round outward: minimum down,
// maximum up.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=24
// +kubebuilder:validation:Pattern=`^(100(\.0{1,20})?|[0-9]{1,2}(\.[0-9]{1,20})?)$`
type Percent string

// Date is a calendar day in UTC as YYYY-MM-DD.
// +kubebuilder:validation:MinLength=10
// +kubebuilder:validation:MaxLength=10
// +kubebuilder:validation:Format=date
type Date string
