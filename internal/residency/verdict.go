package residency

// Verdict is what a policy finds out about a tenant.
type Verdict uint8

// The verdicts. The zero value is not knowing.
const (
	Indeterminate Verdict = iota
	Unidentified
	Clear
	Restricted
)

// Action is what a policy does with a verdict, strictest first: the zero value
// refuses.
type Action uint8

// The actions.
const (
	Deny Action = iota
	Warn
	Audit
	Allow
)

// Reason is why a decision is what it is, for machines. The set is closed.
type Reason string

// The reasons of refusals that no policy is needed for.
const (
	// TenantMismatch: the object claims another tenant than its namespace is
	// bound to, or several at once.
	TenantMismatch Reason = "TenantMismatch"
	// TenantNotAuthorized: the tenant may not be claimed in this namespace.
	TenantNotAuthorized Reason = "TenantNotAuthorized"
	// BindNotAuthorized: the user lacks the verb bind on the tenant.
	BindNotAuthorized Reason = "BindNotAuthorized"
	// ClaimNotAuthorized: the user lacks the verbs claim and bind on a tenant that
	// a new object claims where no namespace is bound to it.
	ClaimNotAuthorized Reason = "ClaimNotAuthorized"
	// InvalidClaim: a claim that cannot be read as one.
	InvalidClaim Reason = "InvalidClaim"
	// ForeignAPIKey: the workload reads an API-key Secret of another tenant.
	ForeignAPIKey Reason = "ForeignAPIKey"
	// EndUserMissing: the request has to name the customer for whom it is made.
	EndUserMissing Reason = "EndUserMissing"
	// LimitExceeded: the object has more claims, references or nesting than
	// are read.
	LimitExceeded Reason = "LimitExceeded"
)

// The reasons of verdicts.
const (
	// RestrictedSeed: a party itself sits in a blocked jurisdiction.
	RestrictedSeed Reason = "RestrictedJurisdiction"
	// RestrictedOwner: the ownership rule traces a party to seeds.
	RestrictedOwner Reason = "RestrictedOwner"
	// PossiblyRestricted: within the ranges that are known, a party may be restricted.
	PossiblyRestricted Reason = "PossiblyRestricted"
	// JurisdictionNotUnderstood: a party may be restricted only because of a
	// jurisdiction that was given, for it or for who holds it, and is not understood.
	JurisdictionNotUnderstood Reason = "JurisdictionNotUnderstood"
	// PartyNotFound: a party is nowhere to be found.
	PartyNotFound Reason = "PartyNotFound"
	// JurisdictionUnknown: a party has no jurisdiction on any of the policy's bases.
	JurisdictionUnknown Reason = "JurisdictionUnknown"
	// RegisterUnavailable: data of a register is missing, so that nobody can be
	// said to be Clear.
	RegisterUnavailable Reason = "RegisterUnavailable"
	// NoParties: no party of the tenant is in a role that the policy traces.
	NoParties Reason = "NoParties"
	// PolicyInvalid: the policy could not be compiled.
	PolicyInvalid Reason = "PolicyInvalid"
	// NoTenant: nothing says whose the object is.
	NoTenant Reason = "NoTenant"
	// TenantNotFound: the tenant that is claimed does not exist.
	TenantNotFound Reason = "TenantNotFound"
	// NoRestrictedOwner: every party is known and none is restricted.
	NoRestrictedOwner Reason = "NoRestrictedOwner"
)
