package residency

import (
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// Role is a link of the access chain.
type Role uint8

// The roles.
const (
	Customer Role = iota
	Reseller
	EndUser
	Payer
)

// Basis is one of the ways in which a party sits in a jurisdiction.
type Basis = ownership.Basis

// The bases.
const (
	Headquarters  = ownership.Headquarters
	Incorporation = ownership.Incorporation
	Nationality   = ownership.Nationality
	Residence     = ownership.Residence
)

// Policy is a compiled TenantPolicy. It is immutable.
type Policy struct {
	Name string
	// Invalid is why the policy could not be compiled. Such a policy answers
	// Indeterminate for everything that it covers.
	Invalid string

	Jurisdictions jurisdiction.Set
	Bases         [4]bool // by Basis
	Roles         [4]bool // by Role
	Rule          ownership.Rule

	Restricted, Indeterminate, Unidentified Action
	// UnidentifiedInTenantNamespaces takes the place of Unidentified in namespaces
	// that are tenants', for what claims nothing. TenantNotFound is done with a claim
	// of a tenant that does not exist, whatever the verdict.
	UnidentifiedInTenantNamespaces, TenantNotFound Action
	// UnidentifiedRequests takes the place of Unidentified for API requests.
	UnidentifiedRequests Action
	// EffectiveFrom ends the notice period; zero means that there is none.
	// Before it, no action is stricter than BeforeEffective.
	EffectiveFrom   time.Time
	BeforeEffective Action
	// Suspends says that what already runs for a tenant is suspended when the
	// verdict about it is Restricted and the action Deny, and given back when
	// that is over. MaxSuspended is the number of tenants for which that has been
	// confirmed; 0 is none.
	Suspends     bool
	MaxSuspended int

	// Exemptions has those from this policy, by tenant. One that has expired has
	// no effect.
	Exemptions map[string][]*Exemption

	// SelectsTenant says whether the policy is about a tenant with these
	// labels. Nil is about every tenant, and about objects without one.
	SelectsTenant func(labels map[string]string) bool
	// Covers says whether the policy covers an object: resource, selectors and
	// match conditions. Nil covers everything. An error counts as true.
	Covers func(*Object) (bool, error)
	// Scope identifies what the policy covers and which tenants it is about: if
	// it is the same as before, so are they.
	Scope string
}

// Tenant is a compiled Tenant. It is immutable.
type Tenant struct {
	Name, DisplayName string
	Labels            map[string]string
	Links             []Link
	// Admits says whether the tenant may be claimed in a namespace that is not
	// bound. Nil admits none.
	Admits func(*Namespace) bool
	// Scope identifies what Admits admits: if it is the same as before, so is
	// that.
	Scope string
}

// Link is one party of a tenant's access chain.
type Link struct {
	Role  Role
	Party ownership.Ref
}
