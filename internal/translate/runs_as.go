package translate

import (
	"fmt"

	"github.com/domicile-dev/domicile/internal/residency"
)

// RunsAs adds to an object what a ServiceAccount that it runs as makes of it: the Secrets that the ServiceAccount lets it use, and its
// claims. Whoever runs as the ServiceAccount of a tenant claims to be that
// tenant; an object that claims nothing does not become somebody's by it. The
// object's namespace has to be filled in.
func RunsAs(o *residency.Object, reference ServiceAccountReference, account ServiceAccount) {
	for _, name := range account.Secrets {
		addSecret(o, residency.SecretReference{Name: name, Path: reference.Path})
	}
	if residency.Belongs(o) == "" {
		return
	}
	for _, claim := range account.Claims.Tenants {
		addTenant(o, residency.Claim{Tenant: claim.Tenant, Path: reference.Path})
	}
}

// BoundSecrets bounds of how many Secrets the tenant is looked up: an object
// that refers to more, with its ServiceAccounts, is refused.
func BoundSecrets(o *residency.Object) {
	if len(o.Secrets) <= maxSecrets {
		return
	}
	o.Secrets = o.Secrets[:maxSecrets]
	o.Claims.Problems = append(o.Claims.Problems, residency.ClaimProblem{
		Reason:  residency.LimitExceeded,
		Message: fmt.Sprintf("the object and its ServiceAccounts refer to more than %d Secrets", maxSecrets),
	})
}

func addSecret(o *residency.Object, s residency.SecretReference) {
	for _, known := range o.Secrets {
		if known.Name == s.Name && known.Namespace == s.Namespace {
			return
		}
	}
	o.Secrets = append(o.Secrets, s)
}

func addTenant(o *residency.Object, claim residency.Claim) {
	for _, known := range o.Claims.Tenants {
		if known.Tenant == claim.Tenant {
			return
		}
	}
	o.Claims.Tenants = append(o.Claims.Tenants, claim)
}
