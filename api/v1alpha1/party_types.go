package v1alpha1

// Identifier is a party's name in a public scheme.
type Identifier struct {
	// scheme is the list that issues the identifier: LEI, an org-id.guide code
	// such as GB-COH, or any name that all LegalEntities agree on.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9][A-Za-z0-9._-]*$')",message="must be a scheme such as LEI or GB-COH: letters, digits, '-', '_' and '.'"
	Scheme string `json:"scheme,omitempty"`

	// id is the identifier within the scheme.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule=`self.matches(r'^[^\s\pC,]([^\pC,]*[^\s\pC,])?$')`,message="must not have commas, control characters, or white space at either end"
	ID string `json:"id,omitempty"`
}

// PartyReference names a party of the ownership graph. The party need not
// exist yet: a reference to nobody is a party about which nothing is known.
// +kubebuilder:validation:ExactlyOneOf=name;identifier
type PartyReference struct {
	// name is the metadata.name of a LegalEntity. Exactly one of name and identifier is
	// set.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="!format.dns1123Subdomain().validate(self).hasValue()",message="must be the metadata.name of a LegalEntity: lower-case letters, digits, '-' and '.', with a letter or digit at both ends"
	Name string `json:"name,omitempty"`

	// identifier is looked up among the identifiers of all LegalEntities and
	// OwnershipRegisters. Exactly one of name and identifier is set.
	// +optional
	Identifier *Identifier `json:"identifier,omitzero"`
}

// JurisdictionCode is an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code
// (UA-43). HK, MO and TW are codes of their own; CN does not imply them.
// +kubebuilder:validation:MinLength=2
// +kubebuilder:validation:MaxLength=6
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Z]{2}(-[A-Z0-9]{1,3})?$')",message="must be an ISO 3166-1 alpha-2 code such as SG, or an ISO 3166-2 code such as UA-43, in upper case"
type JurisdictionCode string

// Percent is a decimal string from 0 to 100 without a sign, exponent or
// percent sign. Digits after the seventh decimal round outward: minimum down,
// maximum up.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=24
// +kubebuilder:validation:XValidation:rule="self.matches('^(100([.]0{1,20})?|[0-9]{1,2}([.][0-9]{1,20})?)$')",message="must be a decimal number from 0 to 100 without a percent sign, such as '50' or '33.3'"
type Percent string

// Date is a calendar day in UTC as YYYY-MM-DD.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=32
// +kubebuilder:validation:XValidation:rule="!format.date().validate(self).hasValue()",message="must be a day as YYYY-MM-DD, such as 2026-03-31"
type Date string

// Duration is a length of time in hours, minutes and seconds, such as 24h or
// 1h30m.
// +kubebuilder:validation:MinLength=2
// +kubebuilder:validation:MaxLength=24
// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]{1,6}[hms]){1,3}$')",message="must be a length of time in hours, minutes and seconds, such as 24h or 1h30m"
type Duration string
