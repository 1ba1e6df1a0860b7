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
	// blocked lists the jurisdictions that are not served.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=512
	Blocked []JurisdictionCode `json:"blocked,omitempty"`

	// supported lists the jurisdictions that are served; all others are not.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=512
	Supported []JurisdictionCode `json:"supported,omitempty"`

	// basis is on which grounds a party counts as sitting in a jurisdiction.
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
	// threshold is the percentage that a sum is compared with.
	// +optional
	// +kubebuilder:default="50"
	Threshold Percent `json:"threshold,omitempty"`

	// comparison is how a sum is compared with the threshold.
	// +optional
	// +kubebuilder:default=MoreThan
	Comparison Comparison `json:"comparison,omitempty"`

	// aggregation is whose holdings are added up.
	// +optional
	// +kubebuilder:default=AllRestricted
	Aggregation Aggregation `json:"aggregation,omitempty"`

	// method is how indirect holdings are counted.
	// +optional
	// +kubebuilder:default=Cascade
	Method Method `json:"method,omitempty"`

	// interests are the kinds that are added up, each by itself; either one
	// suffices.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	// +kubebuilder:validation:XValidation:rule="!('Control' in self)",message="Control has no amount to add up: say what it does with controlByOtherMeans"
	// +kubebuilder:default={Shareholding,VotingRights}
	Interests []InterestKind `json:"interests,omitempty"`

	// controlByOtherMeans is what interests of kind Control do.
	// +optional
	// +kubebuilder:default=Restricts
	ControlByOtherMeans ControlRule `json:"controlByOtherMeans,omitempty"`

	// undisclosed is what holdings that nobody has declared, and holders about
	// whom nothing is known, do.
	// +optional
	// +kubebuilder:default=Ignored
	Undisclosed UndisclosedRule `json:"undisclosed,omitempty"`

	// jointHoldings is what parties that hold something jointly count with: the
	// interests of LegalEntities with one joint name, and the holders of an
	// arrangement that a register says is a joint one.
	// +optional
	// +kubebuilder:default=AsDeclared
	JointHoldings JointRule `json:"jointHoldings,omitempty"`
}

// ResourceRule names resources that a policy covers beyond the built-in ones.
// +kubebuilder:validation:XValidation:rule="!self.resources.exists(r, r == 'bindings' || r == 'pods/binding' || r.endsWith('/status'))",message="bindings, pods/binding and status subresources cannot be covered: a refusal there would stop schedulers and controllers"
// +kubebuilder:validation:XValidation:rule="!self.apiGroups.exists(g, g == 'domicile.dev' || g == 'coordination.k8s.io' || g == 'admissionregistration.k8s.io')",message="Domicile's own kinds, Leases and webhook configurations cannot be covered"
type ResourceRule struct {
	// apiGroups lists API groups; "" is the core group.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=0
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$')",message="must be an API group such as serving.kserve.io, or '' for the core group; wildcards are not allowed"
	APIGroups []string `json:"apiGroups,omitempty"`

	// apiVersions lists API versions; "*", the default, is every one.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$')",message="must be an API version such as v1beta1, or '*' for every one"
	// +kubebuilder:default={"*"}
	APIVersions []string `json:"apiVersions,omitempty"`

	// resources lists resources in the plural, in lower case; a subresource is
	// written RESOURCE/SUBRESOURCE. Wildcards are not allowed, so that nothing
	// is hooked by accident.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$')",message="must be a resource in the plural and in lower case, such as inferenceservices or rayclusters/scale; wildcards are not allowed"
	Resources []string `json:"resources,omitempty"`
}

// ExcludedResources names custom resources that a policy leaves out, in all versions.
type ExcludedResources struct {
	// apiGroups lists API groups of custom resources.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)+$')",message="must be an API group with a dot, such as monitoring.coreos.com: what Kubernetes itself runs is always covered; wildcards are not allowed"
	APIGroups []string `json:"apiGroups,omitempty"`

	// resources lists resources in the plural, in lower case.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be a resource in the plural and in lower case, such as prometheuses; wildcards and subresources are not allowed"
	Resources []string `json:"resources,omitempty"`
}

// MatchCondition is a CEL expression that must be true for a policy to apply.
type MatchCondition struct {
	// name identifies the condition in messages.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$')",message="must be a name of letters, digits, '-', '_' and '.', with a letter or digit at both ends"
	Name string `json:"name,omitempty"`

	// expression is a CEL expression over object, oldObject and request, as in
	// a ValidatingWebhookConfiguration (KEP-3716), without authorizer. When its
	// evaluation fails the policy applies.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Expression string `json:"expression,omitempty"`
}

// Match says which objects a policy covers. Without it, everything that
// Domicile covers by default.
// +kubebuilder:validation:MinProperties=1
type Match struct {
	// namespaceSelector selects namespaces by label.
	// +optional
	// +kubebuilder:validation:XValidation:rule="(!has(self.matchLabels) || self.matchLabels.size() <= 32) && (!has(self.matchExpressions) || self.matchExpressions.size() <= 32)",message="at most 32 matchLabels and 32 matchExpressions"
	NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector,omitempty"`

	// objectSelector selects objects by label.
	// +optional
	// +kubebuilder:validation:XValidation:rule="(!has(self.matchLabels) || self.matchLabels.size() <= 32) && (!has(self.matchExpressions) || self.matchExpressions.size() <= 32)",message="at most 32 matchLabels and 32 matchExpressions"
	ObjectSelector *metav1.LabelSelector `json:"objectSelector,omitempty"`

	// resources are covered in addition to the built-in ones.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Resources []ResourceRule `json:"resources,omitempty"`

	// excludeResources are custom resources that are not covered although they are by
	// default, with their subresources. The Pods that they make still are. What resources
	// names is covered in any case.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	ExcludeResources []ExcludedResources `json:"excludeResources,omitempty"`

	// apiKeys lists what makes a Secret an API-key Secret, in addition to its type
	// and label: keys of its data, and labels and annotations as label:KEY,
	// label:KEY=VALUE, annotation:KEY or annotation:KEY=VALUE, such as
	// label:konghq.com/credential.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=400
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^([-._a-zA-Z0-9]+|(label|annotation):([-.a-z0-9]+/)?[-._a-zA-Z0-9]+(=[-._a-zA-Z0-9]*)?)$')",message="must be a key of a Secret's data (letters, digits, '-', '_' and '.'), or label:KEY, label:KEY=VALUE, annotation:KEY or annotation:KEY=VALUE"
	APIKeys []string `json:"apiKeys,omitempty"`

	// matchConditions must all be true for the policy to apply.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	MatchConditions []MatchCondition `json:"matchConditions,omitempty"`
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
	// restricted is done with a tenant that is Restricted.
	// +optional
	// +kubebuilder:default=Deny
	Restricted Action `json:"restricted,omitempty"`

	// indeterminate is done with a tenant that is Indeterminate.
	// +optional
	// +kubebuilder:default=Warn
	Indeterminate Action `json:"indeterminate,omitempty"`

	// unidentified is done with an object that claims no tenant.
	// Deny needs spec.match.namespaceSelector.
	// +optional
	// +kubebuilder:default=Audit
	Unidentified Action `json:"unidentified,omitempty"`

	// unidentifiedInTenantNamespaces is done, in place of unidentified, with an
	// object that claims no tenant in a namespace that is a tenant's: one that any
	// Tenant names, or selects by a selector that is not empty.
	// +optional
	// +kubebuilder:default=Deny
	UnidentifiedInTenantNamespaces Action `json:"unidentifiedInTenantNamespaces,omitempty"`

	// tenantNotFound is done with an object that claims a Tenant that does not
	// exist, as its own or as one on whose behalf it runs.
	// +optional
	// +kubebuilder:default=Deny
	TenantNotFound Action `json:"tenantNotFound,omitempty"`

	// effectiveFrom is the instant from which the actions above apply. Until
	// then a notice period runs and beforeEffective applies where it is milder.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self >= timestamp('1970-01-01T00:00:00Z')",message="must be a time such as 2027-01-01T00:00:00Z"
	EffectiveFrom *metav1.Time `json:"effectiveFrom,omitempty"`

	// beforeEffective is the mildest action during the notice period; Warn if
	// it is not set.
	// +optional
	BeforeEffective Action `json:"beforeEffective,omitempty"`

	// existing is done with what already runs. Report leaves it, and Kubernetes' own
	// controllers may make a Pod again that it loses, but no more than it had. With
	// Suspend nothing is made again; it takes effect when restricted is Deny and the
	// notice period is over.
	// +optional
	// +kubebuilder:default=Report
	Existing ExistingAction `json:"existing,omitempty"`

	// maxSuspendedTenants confirms that this policy suspends up to so many
	// tenants although they are a larger share of all tenants than is suspended
	// without confirmation. It needs existing: Suspend.
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

	// ownership says when a party is restricted because of its owners.
	// +optional
	// +kubebuilder:default={threshold:"50"}
	Ownership OwnershipRule `json:"ownership,omitzero"`

	// roles are the links of the access chain that are traced.
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

	// match says which objects the policy covers.
	// +optional
	Match *Match `json:"match,omitzero"`

	// enforcement says what the policy does with each verdict.
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
