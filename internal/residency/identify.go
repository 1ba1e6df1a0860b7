package residency

import (
	"fmt"
	"slices"
	"strings"
)

// maxListed bounds how many names a message lists.
const maxListed = 4

// IsNamespace reports whether the object is a Namespace or a subresource of
// one. Its annotations are a binding, not a claim in a namespace.
func (o *Object) IsNamespace() bool {
	return o.Group == "" && o.Resource == "namespaces"
}

// Identify returns the refusals that need no policy: claims that cannot be
// read, that contradict each other or the namespace's binding, that the tenant
// does not admit here, and API keys of other tenants. It says nothing about
// who may bind, which takes a look at the user's rights.
func Identify(w *World, o *Object) []Decision {
	o = w.Placed(o)
	refusals := unreadable(o)
	if !o.IsNamespace() {
		refusals = append(refusals, mismatch(o)...)
		refusals = append(refusals, notAuthorized(w, o)...)
	}
	refusals = append(refusals, silent(w, o)...)
	return append(refusals, foreignKeys(o)...)
}

func refusal(reason Reason, tenant, format string, args ...any) Decision {
	return Decision{Tenant: tenant, Reason: reason, Action: Deny, Detail: fmt.Sprintf(format, args...)}
}

func unreadable(o *Object) []Decision {
	var refusals []Decision
	tenant := Belongs(o)
	if o.Namespace != nil && !o.IsNamespace() {
		for _, p := range o.Namespace.Claims.Problems {
			refusals = append(refusals, refusal(p.Reason, tenant, "namespace %s: %s", o.Namespace.Name, p.Message))
		}
	}
	for _, p := range slices.Concat(o.Claims.Problems, o.Strangers) {
		refusals = append(refusals, refusal(p.Reason, tenant, "%s", p.Message))
	}
	return refusals
}

// mismatch refuses an object that claims another tenant than its namespace is
// bound to, or several tenants at once.
func mismatch(o *Object) []Decision {
	tenant, own := Belongs(o), o.Namespace.Tenants()
	var foreign []Claim
	for _, claim := range o.Claims.Tenants {
		if claim.Tenant != tenant && !claimed(own, claim.Tenant) {
			foreign = append(foreign, claim)
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	if o.Bound() {
		return []Decision{refusal(TenantMismatch, foreign[0].Tenant,
			"namespace %s is bound to tenant %s, but %s claims %s", o.Namespace.Name, listTenants(own), o.noun(), listClaims(foreign))}
	}
	return []Decision{refusal(TenantMismatch, tenant,
		"%s claims several tenants: %s", o.noun(), listClaims(o.Claims.Tenants))}
}

// notAuthorized refuses claims of tenants that don't admit a namespace which is
// not bound to them. A tenant that does not exist is a matter for the policies.
func notAuthorized(w *World, o *Object) []Decision {
	if o.Namespace == nil || o.Bound() {
		return nil
	}
	var refusals []Decision
	for _, claim := range o.Claims.Tenants {
		tenant := w.Tenant(claim.Tenant)
		if tenant == nil || tenant.Admits != nil && tenant.Admits(o.Namespace) {
			continue
		}
		refusals = append(refusals, refusal(TenantNotAuthorized, claim.Tenant,
			"tenant %s may not be claimed in namespace %s: the namespace is not bound to it and the Tenant's spec.namespaces does not name it",
			claim.Tenant, o.Namespace.Name))
	}
	return refusals
}

// foreignKeys refuses a workload that reads a Secret of another tenant.
func foreignKeys(o *Object) []Decision {
	tenant := Belongs(o)
	reader := "an object of no tenant"
	if tenant != "" {
		reader = "an object of tenant " + tenant
	}
	var refusals []Decision
	for _, secret := range o.Secrets {
		if secret.Tenant == "" || secret.Tenant == tenant {
			continue
		}
		refusals = append(refusals, refusal(ForeignAPIKey, tenant,
			"%s may not read Secret %s of tenant %s (%s)", reader, secret.Name, secret.Tenant, secret.Path))
	}
	return refusals
}

// Bound reports whether the object's namespace is bound to a tenant, by its own
// annotation or, once the object is placed, by a tenant's spec.
func (o *Object) Bound() bool {
	return len(o.Namespace.Tenants()) > 0
}

// listTenants is listClaims without the paths.
func listTenants(claims []Claim) string {
	names := make([]Claim, 0, len(claims))
	for _, claim := range claims {
		names = append(names, Claim{Tenant: claim.Tenant})
	}
	return listClaims(names)
}

func listClaims(claims []Claim) string {
	var list strings.Builder
	for i, claim := range claims {
		if i == maxListed {
			fmt.Fprintf(&list, " and %d more", len(claims)-i)
			break
		}
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString(claim.Tenant)
		if claim.Path != "" {
			fmt.Fprintf(&list, " (%s)", claim.Path)
		}
	}
	return list.String()
}
