package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// EntityType is what sort of party a LegalEntity is.
// +kubebuilder:validation:Enum=Company;Person;State;Arrangement
type EntityType string

// The entity types.
const (
	// EntityCompany is a body that others can own.
	EntityCompany EntityType = "Company"
	// EntityPerson is a natural person. Nobody owns one.
	EntityPerson EntityType = "Person"
	// EntityState is a state or one of its organs. Nobody owns one.
	EntityState EntityType = "State"
	// EntityArrangement is a trust, fund or partnership without personality.
	EntityArrangement EntityType = "Arrangement"
)

// InterestKind is how a holder has a hold on a subject.
// +kubebuilder:validation:Enum=Shareholding;VotingRights;Control
type InterestKind string

// The interest kinds.
const (
	// InterestShareholding is a share of the capital.
	InterestShareholding InterestKind = "Shareholding"
	// InterestVotingRights is a share of the votes.
	InterestVotingRights InterestKind = "VotingRights"
	// InterestControl is control by other means: the appointment of the board,
	// a contract (as in a variable interest entity) or a golden share.
	InterestControl InterestKind = "Control"
)

// EntityJurisdictions is where a party sits, by basis.
// +kubebuilder:validation:MinProperties=1
type EntityJurisdictions struct {
	// incorporation is where the party is registered. A State's own code
	// stands here and counts on every basis. Without it, nothing is known on this basis.
	// +optional
	Incorporation JurisdictionCode `json:"incorporation,omitempty"`

	// headquarters is where the party is run from. Without it, nothing is known on this
	// basis: no other place is taken for it.
	// +optional
	Headquarters JurisdictionCode `json:"headquarters,omitempty"`

	// nationality lists the citizenships of a Person. Without it, nothing is known on
	// this basis.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Nationality []JurisdictionCode `json:"nationality,omitempty"`

	// residence lists where the party resides. Without it, nothing is known on this
	// basis.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Residence []JurisdictionCode `json:"residence,omitempty"`
}

// Share is how much of the subject an interest covers, in percent: exact, or a
// range of at most one lower and one upper bound. No share at all means that
// the amount is not known: anything from 0 to 100.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="!has(self.exact) || !(has(self.minimum) || has(self.maximum) || has(self.exclusiveMinimum) || has(self.exclusiveMaximum))",message="exact says it all: drop the bounds, or drop exact"
// +kubebuilder:validation:XValidation:rule="!(has(self.minimum) && has(self.exclusiveMinimum))",message="at most one of minimum and exclusiveMinimum may be set"
// +kubebuilder:validation:XValidation:rule="!(has(self.maximum) && has(self.exclusiveMaximum))",message="at most one of maximum and exclusiveMaximum may be set"
// +kubebuilder:validation:XValidation:rule="!(has(self.minimum) && has(self.maximum)) || !isQuantity(self.minimum) || !isQuantity(self.maximum) || quantity(self.minimum).compareTo(quantity(self.maximum)) <= 0",message="minimum must not be greater than maximum"
// +kubebuilder:validation:XValidation:rule="!(has(self.exclusiveMinimum) && has(self.maximum)) || !isQuantity(self.exclusiveMinimum) || !isQuantity(self.maximum) || quantity(self.exclusiveMinimum).compareTo(quantity(self.maximum)) < 0",message="exclusiveMinimum must be less than maximum"
// +kubebuilder:validation:XValidation:rule="!(has(self.minimum) && has(self.exclusiveMaximum)) || !isQuantity(self.minimum) || !isQuantity(self.exclusiveMaximum) || quantity(self.minimum).compareTo(quantity(self.exclusiveMaximum)) < 0",message="minimum must be less than exclusiveMaximum"
// +kubebuilder:validation:XValidation:rule="!(has(self.exclusiveMinimum) && has(self.exclusiveMaximum)) || !isQuantity(self.exclusiveMinimum) || !isQuantity(self.exclusiveMaximum) || quantity(self.exclusiveMinimum).compareTo(quantity(self.exclusiveMaximum)) < 0",message="exclusiveMinimum must be less than exclusiveMaximum"
type Share struct {
	// exact is the share itself. Without it, the bounds say what is known.
	// +optional
	Exact Percent `json:"exact,omitempty"`

	// minimum is the least that the share can be. Without it and exclusiveMinimum, 0.
	// +optional
	Minimum Percent `json:"minimum,omitempty"`

	// maximum is the most that the share can be. Without it and exclusiveMaximum, 100.
	// +optional
	Maximum Percent `json:"maximum,omitempty"`

	// exclusiveMinimum is what the share is greater than. Without it, see minimum.
	// +optional
	ExclusiveMinimum Percent `json:"exclusiveMinimum,omitempty"`

	// exclusiveMaximum is what the share is less than. Without it, see maximum.
	// +optional
	ExclusiveMaximum Percent `json:"exclusiveMaximum,omitempty"`
}

// Interest is what a holder has in the LegalEntity that lists it, itself: what it
// has through others follows from theirs.
// +kubebuilder:validation:XValidation:rule="!has(self.since) || !has(self.until) || !self.since.matches('^[0-9]{4}-') || !self.until.matches('^[0-9]{4}-') || self.since < self.until",message="since must be before until, the first day on which the interest no longer holds"
// +kubebuilder:validation:XValidation:rule="self.kind != 'Control' || !has(self.share)",message="control by other means has no share: drop share, or use kind Shareholding or VotingRights"
// +kubebuilder:validation:XValidation:rule="self.kind != 'Control' || !has(self.joint)",message="control by other means is not held jointly: each who has it counts with all of it; drop joint"
type Interest struct {
	// holder is who has the interest.
	// +required
	Holder PartyReference `json:"holder,omitzero"`

	// kind is how the holder has a hold on this entity. Shareholding: a share of the
	// capital. VotingRights: a share of the votes. Control: control by other means, such
	// as the appointment of the board, a contract or a golden share.
	// +required
	Kind InterestKind `json:"kind,omitempty"`

	// share is how much. Without it, the amount is not known: anything from 0 to 100 %.
	// +optional
	Share *Share `json:"share,omitzero"`

	// joint names a joint holding: interests of one kind with one joint name are
	// held jointly. A policy with jointHoldings: EachHoldsAll counts each of their
	// holders with all of them together. Without it, the interest is the holder's alone.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",message="must be lower-case letters, digits and hyphens, such as family-trust"
	Joint string `json:"joint,omitempty"`

	// since is the first day on which the interest holds. Without it, it has held for
	// ever.
	// +optional
	Since Date `json:"since,omitempty"`

	// until is the first day on which the interest no longer holds. Without it, it has
	// no end.
	// +optional
	Until Date `json:"until,omitempty"`

	// source says where this is known from: a document, a register entry. Explanations
	// quote it. Without it, they name this LegalEntity.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}]')`,message="must be one line of text, without control or direction characters"
	Source string `json:"source,omitempty"`
}

// LegalEntitySpec is a party and the interests held in it.
// +kubebuilder:validation:XValidation:rule="self.type == 'Person' || !has(self.jurisdictions) || !has(self.jurisdictions.nationality)",message="only a Person has a nationality; use incorporation and headquarters"
// +kubebuilder:validation:XValidation:rule="self.type != 'Person' || !has(self.jurisdictions) || !(has(self.jurisdictions.incorporation) || has(self.jurisdictions.headquarters))",message="a Person has neither incorporation nor headquarters; use nationality and residence"
// +kubebuilder:validation:XValidation:rule="self.type != 'State' || (has(self.jurisdictions) && has(self.jurisdictions.incorporation))",message="a State needs its own code in jurisdictions.incorporation"
// +kubebuilder:validation:XValidation:rule="self.type == 'Company' || self.type == 'Arrangement' || !has(self.interests)",message="nobody holds interests in a Person or a State"
type LegalEntitySpec struct {
	// displayName is the registered name, as it appears in refusals.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}]')`,message="must be one line of text, without control or direction characters"
	DisplayName string `json:"displayName,omitempty"`

	// type is what sort of party this is. Company: a body that others can own. Person: a
	// natural person, whom nobody owns. State: a state or one of its organs, which nobody
	// owns. Arrangement: a trust, fund or partnership without personality.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="type is immutable: create another LegalEntity"
	Type EntityType `json:"type,omitempty"`

	// identifiers are the party's names in public schemes. Parties that share
	// one are the same party. Without any, the party is known by its metadata.name alone.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Identifiers []Identifier `json:"identifiers,omitempty"`

	// jurisdictions is where the party sits. Without any, nothing is known, and a tenant
	// that is this party is Indeterminate.
	// +optional
	Jurisdictions *EntityJurisdictions `json:"jurisdictions,omitzero"`

	// interests lists who holds what in this entity. Without any, nobody is declared to
	// hold anything in it.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	Interests []Interest `json:"interests,omitempty"`
}

// LegalEntityStatus is what the controllers found out about the entity.
// +kubebuilder:validation:MinProperties=1
type LegalEntityStatus struct {
	// conditions has Ready: whether the entity and everybody it refers to is known.
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

// LegalEntity is a party of the ownership graph: a company, a person, a state
// or an arrangement, where it sits and who holds interests in it.
//
// +genclient
// +genclient:nonNamespaced
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=le,categories=domicile
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.spec.type`
// +kubebuilder:printcolumn:name="Incorporation",type=string,JSONPath=`.spec.jurisdictions.incorporation`
// +kubebuilder:printcolumn:name="Headquarters",type=string,JSONPath=`.spec.jurisdictions.headquarters`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Display Name",type=string,JSONPath=`.spec.displayName`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type LegalEntity struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what is declared about the party.
	// +required
	Spec LegalEntitySpec `json:"spec,omitzero"`

	// status is written by Domicile.
	// +optional
	Status LegalEntityStatus `json:"status,omitzero"`
}

// LegalEntityList is a list of LegalEntities.
//
// +kubebuilder:object:root=true
type LegalEntityList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	// items are the LegalEntities.
	Items []LegalEntity `json:"items"`
}
