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
	// Softened is set in a notice period: EffectiveFrom is when Action becomes Then.
	EffectiveFrom time.Time
	Then          Action
	// Detail completes the sentence of an identity refusal.
	Detail string
	// Findings has every cause, the gravest first.
	Findings []Finding
}

// Finding is what a policy finds out about one party.
type Finding struct {
	Verdict Verdict
	Reason  Reason
	Tenant  string // whose link it is; "" for an owner annotation
	Role    Role
	Cause   *Cause
}

// Cause is a party in the tree that explains a finding. C owns this type.
type Cause struct{}

// Evaluate says what a policy does with a tenant.
func Evaluate(p *Policy, g *ownership.Graph, r Request) Decision { panic("stub") }

// Answer is the answer to a whole request.
type Answer struct {
	// Decisions has the identity refusals, then one decision for each policy
	// that covers the object, by name.
	Decisions []Decision
}

// Action is the strictest action of all decisions; Allow if there are none.
func (a Answer) Action() Action { panic("stub") }

// Decide answers a request about an object: identity first, then every policy.
func Decide(w *World, o *Object, at time.Time) Answer { panic("stub") }
