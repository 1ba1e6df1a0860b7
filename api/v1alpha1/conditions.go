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
)
