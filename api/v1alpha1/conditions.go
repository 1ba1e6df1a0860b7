package v1alpha1

// ConditionReady says whether an object takes part in decisions as declared.
// Every kind of this package has it.
const ConditionReady = "Ready"

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
