package residency

import "github.com/domicile-dev/domicile/internal/ownership"

// belonging is whose an object is, by its own claims and its namespace's.
type belonging struct {
	// tenant is the effective tenant: that of the namespace if it is bound,
	// the first that the object claims otherwise; "" if nobody says.
	tenant string
	// others are the tenants on whose behalf the object runs and, if its claims
	// contradict each other, the further ones that it claims: they can only
	// make a verdict stricter.
	others []string
	owners []ownership.Identifier
	// tenantNamespace is the object's namespace, if nobody says whose the object is
	// and the namespace is a tenant's.
	tenantNamespace string
}

func belongingOf(o *Object) belonging {
	var b belonging
	claims := claimSources(o)
	for _, c := range claims {
		for _, claim := range c.Tenants {
			b.claim(claim.Tenant)
		}
	}
	for _, c := range claims {
		for _, claim := range c.OnBehalfOf {
			b.also(claim.Tenant)
		}
		for _, owner := range c.Owners {
			b.ownedBy(owner.Party)
		}
	}
	return b
}

// claimSources has the claims that apply to the object, the strongest first.
func claimSources(o *Object) [2]Claims {
	if o.Namespace == nil || o.IsNamespace() {
		return [2]Claims{o.Claims}
	}
	binding := o.Namespace.Claims
	binding.Tenants = o.Namespace.Tenants()
	return [2]Claims{binding, o.Claims}
}

func (b *belonging) claim(tenant string) {
	if b.tenant == "" {
		b.tenant = tenant
		return
	}
	b.also(tenant)
}

func (b *belonging) also(tenant string) {
	if tenant == b.tenant {
		return
	}
	for _, other := range b.others {
		if other == tenant {
			return
		}
	}
	b.others = append(b.others, tenant)
}

func (b *belonging) ownedBy(id ownership.Identifier) {
	for _, owner := range b.owners {
		if owner == id {
			return
		}
	}
	b.owners = append(b.owners, id)
}

func (b belonging) empty() bool {
	return b.tenant == "" && len(b.others) == 0 && len(b.owners) == 0
}

// Belongs names the effective tenant of an object: that of its namespace if the
// namespace is bound, its own claim otherwise, "" if there is neither.
func Belongs(o *Object) string { return belongingOf(o).tenant }
