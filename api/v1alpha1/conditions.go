package v1alpha1

// ConditionReady says whether an object takes part in decisions as declared.
// Every kind of this package has it.
const ConditionReady = "Ready"

// ConditionClear says, on a Tenant, whether every policy that is about it finds it
// Clear: False if any finds it Restricted, Unknown if any cannot tell.
const ConditionClear = "Clear"

// ConditionRestricted says, on a Tenant, whether any policy that is about it finds
// it Restricted: Unknown if none does and any cannot tell.
const ConditionRestricted = "Restricted"

// ConditionSuspension says, on a TenantPolicy with existing: Suspend, whether
// everything is suspended that should be, and nothing else.
const ConditionSuspension = "Suspension"

// Reasons of ConditionSuspension.
const (
	// ReasonSuspensionComplete: status True. Everything is as it should be.
	ReasonSuspensionComplete = "Complete"

	// ReasonSuspensionInProgress: status False. Objects are still to be
	// suspended or given back; at most a configured number each minute is.
	ReasonSuspensionInProgress = "InProgress"

	// ReasonSuspensionIncomplete: status False. Some objects cannot be
	// suspended or given back; the message names the first.
	ReasonSuspensionIncomplete = "Incomplete"

	// ReasonCircuitBreakerOpen: status False. More tenants would be suspended
	// than the share that needs no confirmation. Nothing more is suspended until
	// spec.enforcement.maxSuspendedTenants confirms it; what was stays, and what
	// is no longer restricted is given back.
	ReasonCircuitBreakerOpen = "CircuitBreakerOpen"

	// ReasonSuspensionDisabled: status False. The manager was installed without
	// the rights that suspension needs.
	ReasonSuspensionDisabled = "Disabled"
)

// Reasons of ConditionClear and ConditionRestricted.
const (
	// ReasonRestricted: some policy finds the tenant Restricted.
	ReasonRestricted = "Restricted"
	// ReasonClear: every policy that is about the tenant finds it Clear.
	ReasonClear = "Clear"
	// ReasonIndeterminate: status Unknown. No policy finds the tenant Restricted,
	// and some cannot tell.
	ReasonIndeterminate = "Indeterminate"
	// ReasonNoPolicy: status Unknown. No policy is about the tenant.
	ReasonNoPolicy = "NoPolicy"
)

// Reasons of ConditionReady.
const (
	// ReasonCompiled: status True. The object has been compiled and is part of
	// the snapshot that admission decides from.
	ReasonCompiled = "Compiled"

	// ReasonInvalid: status False. The object cannot be compiled; the message
	// gives the field path. A policy that cannot be compiled answers
	// Indeterminate for everything that it covers; a party that cannot be read
	// is one about which nothing is known.
	ReasonInvalid = "Invalid"

	// ReasonPartyNotFound: status False, on a Tenant or LegalEntity. It refers
	// to a party that no LegalEntity declares.
	ReasonPartyNotFound = "PartyNotFound"

	// ReasonDataProblem: status True. The object is in use although its data
	// contradict each other, such as more than 100 % of lower bounds.
	ReasonDataProblem = "DataProblem"

	// ReasonWebhookNotReady: status False, on a TenantPolicy. The policy is
	// compiled, but the webhook configuration does not ask for it yet.
	ReasonWebhookNotReady = "WebhookNotReady"

	// ReasonInEffect: status True, on a TenantExemption. The policy does not
	// apply to the tenant.
	ReasonInEffect = "InEffect"

	// ReasonExpired: status False, on a TenantExemption. It has no effect any more.
	ReasonExpired = "Expired"

	// ReasonTenantNotFound: status False, on a TenantExemption. There is no such
	// Tenant; the exemption has an effect as soon as there is.
	ReasonTenantNotFound = "TenantNotFound"

	// ReasonPolicyNotFound: status False, on a TenantExemption. There is no such
	// TenantPolicy; the exemption has an effect as soon as there is.
	ReasonPolicyNotFound = "PolicyNotFound"

	// ReasonPolicyInvalid: status False, on a TenantExemption. The TenantPolicy
	// cannot be compiled; the exemption has an effect as soon as it can.
	ReasonPolicyInvalid = "PolicyInvalid"

	// ReasonLoaded: status True, on an OwnershipRegister. Its data is in use.
	ReasonLoaded = "Loaded"

	// ReasonLoading: status Unknown, on an OwnershipRegister. It is being loaded
	// for the first time, or for the first time as it is declared now.
	ReasonLoading = "Loading"

	// ReasonFetchFailed: status False, on an OwnershipRegister. Its source did
	// not give the data. What was loaded before stays in use; if nothing was,
	// nobody is Clear. The message says which, here and in the next three.
	ReasonFetchFailed = "FetchFailed"

	// ReasonChecksumMismatch: status False, on an OwnershipRegister. The data is
	// not what spec.checksum says.
	ReasonChecksumMismatch = "ChecksumMismatch"

	// ReasonUnreadable: status False, on an OwnershipRegister. The data is not in
	// the format that the register says, is damaged, or too large.
	ReasonUnreadable = "Unreadable"

	// ReasonTooManyRefused: status False, on an OwnershipRegister. More records
	// were refused than spec.maxRefused allows.
	ReasonTooManyRefused = "TooManyRefused"
)

// ConditionMirrored says, on a TenantPolicy, whether the API servers refuse by
// themselves those whom the policy refuses for certain. It is there only if the mirror
// is switched on.
const ConditionMirrored = "Mirrored"

// Reasons of ConditionMirrored.
const (
	// ReasonMirrorEnforced: status True. Every API server that answers has been
	// seen to enforce it. The message says what is left to the webhook.
	ReasonMirrorEnforced = "Enforced"

	// ReasonMirrorBehind: status False. Some API server has not been seen to enforce
	// it as it stands. On a TenantExemption it is a reason of Ready: an API server
	// may still refuse the tenant.
	ReasonMirrorBehind = "MirrorBehind"

	// ReasonNotMirrored: status False. The policy is left to the webhook as a whole;
	// the message says why.
	ReasonNotMirrored = "NotMirrored"
)
