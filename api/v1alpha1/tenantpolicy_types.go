package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Basis is one of the ways in which a party sits in a jurisdiction.
// +kubebuilder:validation:Enum=Headquarters;Incorporation;Nationality;Residence
type Basis string

// The bases.
const (
	// BasisHeadquarters is where the party is run from.
	BasisHeadquarters Basis = "Headquarters"
	// BasisIncorporation is where the party is registered.
	BasisIncorporation Basis = "Incorporation"
	// BasisNationality is a person's citizenship.
	BasisNationality Basis = "Nationality"
	// BasisResidence is where the party resides.
	BasisResidence Basis = "Residence"
)

// JurisdictionRule says which jurisdictions are blocked. The most specific
// entry decides: first the code itself, then, for a subdivision, its country.
// What neither list mentions is blocked if there is a supported list, and not
// blocked otherwise.
// +kubebuilder:validation:AtLeastOneOf=blocked;supported
// +kubebuilder:validation:XValidation:rule="!has(self.blocked) || !has(self.supported) || !self.blocked.exists(c, c in self.supported)",message="a code must not be in both blocked and supported"
type JurisdictionRule struct {
	// blocked lists the jurisdictions that are not served. Without it, those that are
	// not in supported.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=512
	Blocked []JurisdictionCode `json:"blocked,omitempty"`

	// supported lists the jurisdictions that are served; all others are not. Without
	// it, every jurisdiction is served that blocked does not list.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=512
	Supported []JurisdictionCode `json:"supported,omitempty"`

	// basis is on which grounds a party counts as sitting in a jurisdiction.
	// Headquarters: where it is run from. Incorporation: where it is registered.
	// Nationality: of what state a person is a citizen. Residence: where it resides.
	// Default: all four.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	// +kubebuilder:default={Headquarters,Incorporation,Nationality,Residence}
	Basis []Basis `json:"basis,omitempty"`
}

// Comparison is how a sum is compared with the threshold.
// +kubebuilder:validation:Enum=MoreThan;AtLeast
type Comparison string

// The comparisons.
const (
	// ComparisonMoreThan: exactly the threshold does not restrict.
	ComparisonMoreThan Comparison = "MoreThan"
	// ComparisonAtLeast: exactly the threshold restricts (OFAC's 50 Percent Rule, FAQ 401).
	ComparisonAtLeast Comparison = "AtLeast"
)

// Aggregation is whose holdings are added up.
// +kubebuilder:validation:Enum=AllRestricted;SameJurisdiction;SingleOwner
type Aggregation string

// The aggregations.
const (
	// AggregateAllRestricted adds up all restricted holders.
	AggregateAllRestricted Aggregation = "AllRestricted"
	// AggregateSameJurisdiction adds up those that trace to one country.
	AggregateSameJurisdiction Aggregation = "SameJurisdiction"
	// AggregateSingleOwner adds up those that trace to one seed party.
	AggregateSingleOwner Aggregation = "SingleOwner"
)

// Method is how indirect holdings are counted.
// +kubebuilder:validation:Enum=Cascade;Effective;Either
type Method string

// The methods.
const (
	// MethodCascade: a holder that is restricted counts with its whole share,
	// one that is not counts with nothing (OFAC FAQ 401).
	MethodCascade Method = "Cascade"
	// MethodEffective: shares multiply along each chain of holders and add over
	// all chains.
	MethodEffective Method = "Effective"
	// MethodEither: what Cascade or Effective restricts, each by itself.
	MethodEither Method = "Either"
)

// ControlRule is what control by other means does.
// +kubebuilder:validation:Enum=Restricts;Ignored
type ControlRule string

// The control rules.
const (
	// ControlRestricts: control by other means counts as a holding of 100 %.
	ControlRestricts ControlRule = "Restricts"
	// ControlIgnored: control by other means does not count.
	ControlIgnored ControlRule = "Ignored"
)

// UndisclosedRule is what holdings that nobody has declared do.
// +kubebuilder:validation:Enum=Ignored;CountsAsPossible
type UndisclosedRule string

// The rules for what is undisclosed.
const (
	// UndisclosedIgnored: what is not declared does not count.
	UndisclosedIgnored UndisclosedRule = "Ignored"
	// UndisclosedCountsAsPossible: what is not declared may be held by a
	// restricted owner, so a verdict may become Indeterminate.
	UndisclosedCountsAsPossible UndisclosedRule = "CountsAsPossible"
)

// JointRule is what parties that hold something jointly count with.
// +kubebuilder:validation:Enum=AsDeclared;EachHoldsAll
type JointRule string

// The rules for joint holdings.
const (
	// JointAsDeclared: each joint holder counts with what is declared of it.
	JointAsDeclared JointRule = "AsDeclared"
	// JointEachHoldsAll: each joint holder counts with all of the joint holding,
	// as in the United Kingdom's rule (SI 2019/855, schedule 1, paragraphs 2 and 3).
	JointEachHoldsAll JointRule = "EachHoldsAll"
)

// OwnershipRule says when a party is restricted because of its owners.
// +kubebuilder:validation:XValidation:rule="!has(self.comparison) || !has(self.threshold) || self.comparison != 'MoreThan' || !isQuantity(self.threshold) || quantity(self.threshold).compareTo(quantity('100')) != 0",message="nothing is more than 100 %: use a threshold below 100, or comparison AtLeast"
// +kubebuilder:validation:XValidation:rule="!has(self.comparison) || !has(self.threshold) || self.comparison != 'AtLeast' || !isQuantity(self.threshold) || quantity(self.threshold).compareTo(quantity('0')) != 0",message="everything is at least 0 %: use a threshold above 0, or comparison MoreThan"
// +kubebuilder:validation:MinProperties=1
type OwnershipRule struct {
	// threshold is the percentage that a sum is compared with, such as "50" or "33.3".
	// Default: 50.
	// +optional
	// +kubebuilder:default="50"
	Threshold Percent `json:"threshold,omitempty"`

	// comparison is how a sum is compared with the threshold. MoreThan: exactly the
	// threshold does not restrict, so that a joint venture of 50 to 50 is Clear.
	// AtLeast: exactly the threshold restricts, as in OFAC's 50 Percent Rule.
	// Default: MoreThan.
	// +optional
	// +kubebuilder:default=MoreThan
	Comparison Comparison `json:"comparison,omitempty"`

	// aggregation is whose holdings are added up. AllRestricted: those of all restricted
	// holders. SameJurisdiction: those that trace to one country. SingleOwner: those
	// that trace to one party in a blocked jurisdiction. Default: AllRestricted.
	// +optional
	// +kubebuilder:default=AllRestricted
	Aggregation Aggregation `json:"aggregation,omitempty"`

	// method is how indirect holdings are counted. Cascade: a holder that is restricted
	// counts with its whole share, any other with nothing. Effective: shares multiply
	// along each chain of holders and add over all chains. Either: what one of the two
	// restricts, each by itself. Default: Cascade.
	// +optional
	// +kubebuilder:default=Cascade
	Method Method `json:"method,omitempty"`

	// interests are the kinds that are added up, each by itself; either one
	// suffices. Shareholding: shares of the capital. VotingRights: shares of the
	// votes. Control has no amount: see controlByOtherMeans. Default: Shareholding
	// and VotingRights.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	// +kubebuilder:validation:XValidation:rule="!('Control' in self)",message="Control has no amount to add up: say what it does with controlByOtherMeans"
	// +kubebuilder:default={Shareholding,VotingRights}
	Interests []InterestKind `json:"interests,omitempty"`

	// controlByOtherMeans is what interests of kind Control do. Restricts: whoever has
	// control counts with 100 %. Ignored: control does not count. Default: Restricts.
	// +optional
	// +kubebuilder:default=Restricts
	ControlByOtherMeans ControlRule `json:"controlByOtherMeans,omitempty"`

	// undisclosed is what holdings that nobody has declared, and holders about
	// whom nothing is known, do. Ignored: they do not count. CountsAsPossible: they
	// may be held from a blocked jurisdiction, so that a verdict may become
	// Indeterminate. Default: Ignored.
	// +optional
	// +kubebuilder:default=Ignored
	Undisclosed UndisclosedRule `json:"undisclosed,omitempty"`

	// jointHoldings is what parties that hold something jointly count with: the
	// interests of LegalEntities with one joint name, and the holders of an
	// arrangement that a register says is a joint one. AsDeclared: each with what is
	// declared of it. EachHoldsAll: each with all of the joint holding.
	// Default: AsDeclared.
	// +optional
	// +kubebuilder:default=AsDeclared
	JointHoldings JointRule `json:"jointHoldings,omitempty"`
}

// Action is what a policy does with a verdict.
// +kubebuilder:validation:Enum=Deny;Warn;Audit;Allow
type Action string

// The actions, strictest first.
const (
	// ActionDeny refuses the request.
	ActionDeny Action = "Deny"
	// ActionWarn admits it with a warning to whoever made it.
	ActionWarn Action = "Warn"
	// ActionAudit admits it with an audit annotation.
	ActionAudit Action = "Audit"
	// ActionAllow admits it.
	ActionAllow Action = "Allow"
)

// ExistingAction is what a policy does with what already runs.
// +kubebuilder:validation:Enum=Report;Suspend
type ExistingAction string

// The actions on what already runs.
const (
	// ExistingReport leaves it running. It cannot grow, Pods that it loses are made
	// again, and reports and the status of policies and tenants say what it is.
	ExistingReport ExistingAction = "Report"
	// ExistingSuspend suspends the workloads and holds the API keys of tenants
	// that are Restricted and denied, and gives everything back when they no
	// longer are. Nothing is deleted.
	ExistingSuspend ExistingAction = "Suspend"
)

// Enforcement says what a policy does with each verdict, and from when.
// +kubebuilder:validation:XValidation:rule="!has(self.beforeEffective) || has(self.effectiveFrom)",message="beforeEffective needs effectiveFrom, the instant that ends the notice period"
// +kubebuilder:validation:XValidation:rule="!has(self.beforeEffective) || self.beforeEffective != 'Deny'",message="beforeEffective: Deny would be no notice period: use Warn, Audit or Allow"
// +kubebuilder:validation:XValidation:rule="!has(self.maxSuspendedTenants) || (has(self.existing) && self.existing == 'Suspend')",message="maxSuspendedTenants needs existing: Suspend"
// +kubebuilder:validation:XValidation:rule="!has(self.existing) || self.existing != 'Suspend' || !has(self.restricted) || self.restricted == 'Deny'",message="existing: Suspend needs restricted: Deny, or what is suspended could be created again"
// +kubebuilder:validation:MinProperties=1
type Enforcement struct {
	// restricted is done with what belongs to a tenant that is Restricted. Deny: the
	// request is refused. Warn: it is admitted, and whoever makes it reads a warning.
	// Audit: it is admitted, and the audit log says what the policy finds. Allow: it is
	// admitted. Default: Deny.
	// +optional
	// +kubebuilder:default=Deny
	Restricted Action `json:"restricted,omitempty"`

	// indeterminate is done with what belongs to a tenant that is Indeterminate: too
	// little is known. Deny, Warn, Audit or Allow, as in restricted. Default: Warn.
	// +optional
	// +kubebuilder:default=Warn
	Indeterminate Action `json:"indeterminate,omitempty"`

	// unidentified is done with an object that claims no tenant; requests have
	// unidentifiedRequests. Deny, Warn, Audit or Allow, as in restricted. Deny needs
	// spec.match.namespaceSelector. Default: Audit.
	// +optional
	// +kubebuilder:default=Audit
	Unidentified Action `json:"unidentified,omitempty"`

	// unidentifiedInTenantNamespaces is done, in place of unidentified, with an
	// object that claims no tenant in a namespace that is a tenant's: one that any
	// Tenant names, or selects by a selector that is not empty. Deny, Warn, Audit or
	// Allow, as in restricted. Default: Deny.
	// +optional
	// +kubebuilder:default=Deny
	UnidentifiedInTenantNamespaces Action `json:"unidentifiedInTenantNamespaces,omitempty"`

	// unidentifiedRequests is done with an API request of which nobody knows the
	// tenant: without a key, or with one that is not known. Deny, Warn, Audit or
	// Allow, as in restricted. Default: Deny.
	// +optional
	// +kubebuilder:default=Deny
	UnidentifiedRequests Action `json:"unidentifiedRequests,omitempty"`

	// tenantNotFound is done with an object or request that claims a Tenant that does not
	// exist, or no longer does, as its own or as one on whose behalf it runs. Deny, Warn,
	// Audit or Allow, as in restricted. Default: Deny.
	// +optional
	// +kubebuilder:default=Deny
	TenantNotFound Action `json:"tenantNotFound,omitempty"`

	// effectiveFrom is the instant from which the actions above apply, such as
	// 2027-01-01T00:00:00Z. Until then a notice period runs and beforeEffective applies
	// where it is milder. Without it, they apply at once.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self >= timestamp('1970-01-01T00:00:00Z')",message="must be a time such as 2027-01-01T00:00:00Z"
	EffectiveFrom *metav1.Time `json:"effectiveFrom,omitempty"`

	// beforeEffective is the strictest action during the notice period. Warn: whoever
	// makes a request reads a warning with the date. Audit: only the audit log says it.
	// Allow: nothing. Deny would be no notice period, and is refused. Without it, Warn.
	// +optional
	BeforeEffective Action `json:"beforeEffective,omitempty"`

	// existing is done with what already runs. Report: it is left alone, and Kubernetes'
	// own controllers may make a Pod again that it loses, but no more than it had.
	// Suspend: workloads are suspended and API keys held until the tenant is no longer
	// restricted, and nothing is made again; it takes effect when restricted is Deny and
	// the notice period is over, and needs the chart's suspension.enabled.
	// Default: Report.
	// +optional
	// +kubebuilder:default=Report
	Existing ExistingAction `json:"existing,omitempty"`

	// maxSuspendedTenants confirms that this policy suspends up to so many
	// tenants although they are a larger share of all tenants than is suspended
	// without confirmation. It needs existing: Suspend. Without it, a larger share is
	// not suspended.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	MaxSuspendedTenants int32 `json:"maxSuspendedTenants,omitempty"`
}

// TenantPolicySpec says which tenants a cluster does not serve.
// +kubebuilder:validation:XValidation:rule="!has(self.enforcement) || !has(self.enforcement.unidentified) || self.enforcement.unidentified != 'Deny' || (has(self.match) && has(self.match.namespaceSelector))",message="enforcement.unidentified: Deny would stop every system pod of the cluster: say where with match.namespaceSelector"
type TenantPolicySpec struct {
	// jurisdictions says which jurisdictions are blocked.
	// +required
	Jurisdictions JurisdictionRule `json:"jurisdictions,omitzero"`

	// ownership says when a party is restricted because of its owners. Default: when
	// more than 50 % of it is held by restricted owners.
	// +optional
	// +kubebuilder:default={threshold:"50"}
	Ownership OwnershipRule `json:"ownership,omitzero"`

	// roles are the links of the access chain that are traced. Customer: who has the
	// contract. Reseller: who sells on, such as a cloud platform. EndUser: who uses what
	// runs. Payer: who pays. Default: all four.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	// +kubebuilder:default={Customer,Reseller,EndUser,Payer}
	Roles []Role `json:"roles,omitempty"`

	// tenantSelector selects the Tenants that the policy is about by label.
	// Without it, all, and objects of which nobody knows the tenant.
	// +optional
	// +kubebuilder:validation:XValidation:rule="(!has(self.matchLabels) || self.matchLabels.size() <= 32) && (!has(self.matchExpressions) || self.matchExpressions.size() <= 32)",message="at most 32 matchLabels and 32 matchExpressions"
	TenantSelector *metav1.LabelSelector `json:"tenantSelector,omitempty"`

	// match says which objects and requests the policy covers. Without it, all that
	// Domicile covers.
	// +optional
	Match *Match `json:"match,omitzero"`

	// enforcement says what the policy does with each verdict, and from when. Default:
	// it refuses what is Restricted, at once; the fields below have their own defaults.
	// +optional
	// +kubebuilder:default={restricted:Deny}
	Enforcement Enforcement `json:"enforcement,omitzero"`
}

// TenantPolicy says which jurisdictions a cluster does not serve and when a
// tenant traces to one.
//
// +genclient
// +genclient:nonNamespaced
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=tpol,categories=domicile
// +kubebuilder:printcolumn:name="Action",type=string,JSONPath=`.spec.enforcement.restricted`
// +kubebuilder:printcolumn:name="Effective From",type=string,JSONPath=`.spec.enforcement.effectiveFrom`
// +kubebuilder:printcolumn:name="Restricted",type=integer,JSONPath=`.status.tenants.restricted`
// +kubebuilder:printcolumn:name="Indeterminate",type=integer,JSONPath=`.status.tenants.indeterminate`
// +kubebuilder:printcolumn:name="Clear",type=integer,JSONPath=`.status.tenants.clear`
// +kubebuilder:printcolumn:name="Workloads",type=integer,JSONPath=`.status.affected.workloads`,priority=1
// +kubebuilder:printcolumn:name="API Keys",type=integer,JSONPath=`.status.affected.apiKeys`,priority=1
// +kubebuilder:printcolumn:name="GPUs",type=integer,JSONPath=`.status.affected.gpus`,priority=1
// +kubebuilder:printcolumn:name="Suspended",type=integer,JSONPath=`.status.suspended.workloads`,priority=1
// +kubebuilder:printcolumn:name="Next Change",type=string,JSONPath=`.status.nextChange.at`,priority=1
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type TenantPolicy struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what the cluster admin declares.
	// +required
	Spec TenantPolicySpec `json:"spec,omitzero"`

	// status is written by Domicile.
	// +optional
	Status TenantPolicyStatus `json:"status,omitzero"`
}

// TenantPolicyList is a list of TenantPolicies.
//
// +kubebuilder:object:root=true
type TenantPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	// items are the TenantPolicies.
	Items []TenantPolicy `json:"items"`
}
