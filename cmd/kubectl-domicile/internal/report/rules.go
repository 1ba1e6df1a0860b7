package report

import "github.com/domicile-dev/domicile/internal/residency"

// rule describes a reason to programs that show results by rule.
type rule struct {
	id   residency.Reason
	text string
}

// rules has every reason for which an object is not simply admitted.
var rules = []rule{
	{residency.RestrictedSeed, "A party of the tenant sits in a blocked jurisdiction itself."},
	{residency.RestrictedOwner, "The ownership rule traces a party of the tenant to owners in blocked jurisdictions."},
	{residency.PossiblyRestricted, "Within the ranges that are known, a party of the tenant may be restricted."},
	{residency.JurisdictionNotUnderstood, "A party of the tenant may be restricted because of a jurisdiction that was given and is not understood."},
	{residency.PartyNotFound, "A party of the tenant is nowhere to be found."},
	{residency.JurisdictionUnknown, "A party of the tenant has no jurisdiction on any of the policy's bases."},
	{residency.RegisterUnavailable, "The data of a register is missing, so that nobody can be said to be clear."},
	{residency.NoParties, "No party of the tenant is in a role that the policy traces."},
	{residency.PolicyInvalid, "The policy cannot be compiled, so it cannot say anything."},
	{residency.NoTenant, "Nothing says which tenant the object belongs to."},
	{residency.TenantNotFound, "The tenant that is claimed does not exist."},
	{residency.NoRestrictedOwner, "Every party of the tenant is known and none is restricted."},
	{residency.TenantMismatch, "The object claims another tenant than its namespace is bound to, or several at once."},
	{residency.TenantNotAuthorized, "The tenant may not be claimed in this namespace."},
	{residency.BindNotAuthorized, "The user may not bind objects to the tenant."},
	{residency.ClaimNotAuthorized, "The user may not claim the tenant where no namespace is bound to it."},
	{residency.InvalidClaim, "An annotation of Domicile cannot be read."},
	{residency.ForeignAPIKey, "The workload reads an API-key Secret of another tenant."},
	{residency.EndUserMissing, "The request has to name the customer for whom it is made."},
	{residency.LimitExceeded, "The object has more claims, references or nesting than are read."},
}
