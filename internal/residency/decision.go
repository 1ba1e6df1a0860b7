package residency

import (
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Decision is what one policy says, or (Policy "") a refusal that needs none.
type Decision struct {
	Policy  string
	Tenant  string // metadata.name that was claimed, "" if none
	Verdict Verdict
	Reason  Reason
	Action  Action
	// Rule is the policy's, to tell what the sums were compared with.
	Rule ownership.Rule
	// EffectiveFrom is set in a notice period that makes the action milder: it
	// is when Action becomes Then.
	EffectiveFrom time.Time
	Then          Action
	// Exemptions are those because of which something that was found out does
	// not count. The verdict is what was found out all the same, if nothing else
	// was.
	Exemptions []*Exemption
	// Replaces is what a Pod is made again for that would be denied if it were new; ""
	// if that makes no difference.
	Replaces string
	// IsCall says that it is about an API request.
	IsCall bool
	// Detail says why, for people: the whole sentence of an identity refusal,
	// what is wrong with an invalid policy, or which namespace is a tenant's in
	// which nothing says whose the object is.
	Detail string
	// Template is the pod template that the decision is about, because nothing in it
	// says whose its Pods are; "" if it is about the object.
	Template string
	// Findings has every party that is to blame, the gravest first; those that
	// don't count because of an exemption stand after those that do.
	Findings []Finding
}

// Finding is what a policy finds out about one party.
type Finding struct {
	Verdict Verdict
	Reason  Reason
	Tenant  string // whose link it is; "" for an owner annotation
	Role    Role
	// Missing names the registers whose data is missing, if that is the Reason.
	Missing []string
	// Exempted is the exemption because of which this does not count; nil if it
	// counts.
	Exempted *Exemption
	// Cause is the party and what leads to it; nil without a party.
	Cause *Cause
}
