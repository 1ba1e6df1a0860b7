package residency

import (
	"slices"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Claims is what an object says about whose it is. Lists are in document
// order, without duplicates, and bounded.
type Claims struct {
	// Tenants has each distinct tenant that is claimed, with where.
	Tenants []Claim
	// OnBehalfOf names further tenants.
	OnBehalfOf []Claim
	// Owners names further parties.
	Owners []Owner
	// Problems are claims that cannot be read as one.
	Problems []ClaimProblem
}

// Claim is the name of a tenant and the path of the annotation that has it,
// such as spec.template.metadata.annotations.
type Claim struct {
	Tenant, Path string
}

// Owner is a party that an annotation names.
type Owner struct {
	Party ownership.Identifier
	Path  string
}

// ClaimProblem is a refusal that follows from reading the claims.
type ClaimProblem struct {
	Reason  Reason // InvalidClaim or LimitExceeded
	Message string // says where and what would be right
}

// Namespace is what the core knows of the object's namespace.
type Namespace struct {
	Name   string
	Labels map[string]string
	// Claims are those of the Namespace's own annotations; they bind
	// everything in it.
	Claims Claims
	// BoundBy are the tenants that bind the namespace by their spec, as of the
	// world that has placed the object last (see World.Placed).
	BoundBy []string
}

// Tenants are those that the namespace is bound to, by its own annotation first.
func (n *Namespace) Tenants() []Claim {
	if n == nil {
		return nil
	}
	all := n.Claims.Tenants
	for _, name := range n.BoundBy {
		if !claimed(all, name) {
			all = append(all[:len(all):len(all)], Claim{Tenant: name})
		}
	}
	return all
}

func claimed(claims []Claim, tenant string) bool {
	return slices.ContainsFunc(claims, func(c Claim) bool { return c.Tenant == tenant })
}

// SecretReference is a Secret that a workload reads, and the tenant that the
// Secret's own annotation claims ("" if none or if there is no such Secret).
type SecretReference struct {
	Name, Path, Tenant string
	// Namespace is where the Secret is, if the reference says so; "" is the
	// namespace of the object.
	Namespace string
}

// Operation is what is done with the object.
type Operation uint8

// The operations.
const (
	Create Operation = iota
	Update
)

// Object is what the core knows of the object of a request.
type Object struct {
	Operation                             Operation
	Group, Version, Resource, Subresource string
	Kind, Name                            string
	Labels                                map[string]string
	Namespace                             *Namespace // nil for cluster-scoped objects
	Claims                                Claims
	// Unclaimed are the pod templates, by path, in which nothing says whose the Pods
	// are that Kubernetes makes from them.
	Unclaimed []string
	// Strangers are keys of Domicile's that mean nothing to it, of a new object or
	// as they come with a change.
	Strangers []ClaimProblem
	Secrets   []SecretReference
	// HoldsPods says that its kind holds Pods by its CustomResourceDefinition. Whoever
	// knows only the World leaves it out.
	HoldsPods bool
	// APIKey says that it is a Secret that is marked as an API key, by type or
	// label; DataKeys names (never holds) what a Secret has in data, and says what its
	// labels and annotations are.
	APIKey   bool
	DataKeys []string
	// Replaces names what one of Kubernetes' own controllers makes a Pod for, if that
	// has room for it: the Pod takes the place of one that ran. "" is something new.
	Replaces string
	// Call is the API request in the place of an object; nil for objects.
	Call *Call
	// SystemSecret says that it is a Secret that Kubernetes makes for itself.
	SystemSecret bool
	// EmptiedSecret says that it is a Secret without data that is marked as suspended:
	// what suspension leaves of an API key. Whoever has not read the data leaves it out.
	EmptiedSecret bool
	// Variables is what match conditions are evaluated over; only the
	// implementation of Policy.Covers knows what it is.
	Variables any
}

// Request asks what a policy says about a tenant at an instant.
type Request struct {
	At time.Time
	// Tenant is nil when nobody knows whose the object is; Claimed is then the
	// name that is claimed although no such tenant exists, or "".
	Tenant  *Tenant
	Claimed string
	// TenantNamespace is the namespace of an object that claims nothing, if that
	// namespace is a tenant's; "" if it is not.
	TenantNamespace string
	// IsCall says that it is about an API request.
	IsCall bool
	// OnBehalfOf and Owners can only make the verdict stricter. A nil tenant
	// in OnBehalfOf is one that does not exist.
	OnBehalfOf []NamedTenant
	Owners     []ownership.Ref
}

// NamedTenant is a tenant that is claimed by name; Tenant is nil when it does
// not exist.
type NamedTenant struct {
	Name   string
	Tenant *Tenant
}
