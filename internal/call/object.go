package call

import (
	"errors"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/residency"
)

// maxCustomers is how many customers a request may be made for.
const maxCustomers = 32

func isUnverified(err error) bool { return errors.Is(err, ErrUnverified) }

// Identified names the Tenants that list an identifier, sorted.
type Identified func(scheme, id string) []string

// Object is what is decided about: whose the request is, by the world in which it
// is asked for, and for which model. Names are none for a model that is not known.
func (p *Point) Object(i Identity, holding Holding, names []string, find Identified) *residency.Object {
	o := &residency.Object{
		Kind: "APIRequest", Name: p.Name, Namespace: holding.Namespace, Claims: holding.Claims,
		Call: &residency.Call{AccessPoint: p.Name, Models: names, AnyModel: len(names) == 0, MustSay: p.MustSay},
	}
	if i.Way != 0 {
		for _, tenant := range tenantsOf(p.Ways[i.Way-1].Scheme, i.Value, find) {
			o.Claims.Tenants = also(o.Claims.Tenants, tenant, "what the request says")
		}
	}
	if p.OnBehalfOf != nil {
		o.Claims = onBehalf(o.Claims, *p.OnBehalfOf, i.Behalf, find)
	}
	if text := problems[i.Problem]; text != "" && (i.Problem != UnknownCredential || i.Anybody()) {
		o.Claims.Problems = append(slices.Clip(o.Claims.Problems), residency.ClaimProblem{Reason: residency.InvalidClaim, Message: text})
	}
	return o
}

var problems = [...]string{
	UnknownCredential:  "the request shows a key or token that nobody knows, besides what says whose it is",
	SeveralCredentials: "the request says twice whose it is",
	TooMuch:            "the request says more about whose it is than is read",
}

// tenantsOf are the Tenants that a value stands for. One that no Tenant lists is
// claimed by what it is, so that it is a tenant that does not exist.
func tenantsOf(scheme, value string, find Identified) []string {
	if scheme == "" {
		return []string{value}
	}
	if names := find(scheme, value); len(names) > 0 {
		return names
	}
	return []string{scheme + ":" + value}
}

// also adds a claim once. The list may be somebody else's, and is not written to.
func also(claims []residency.Claim, tenant, path string) []residency.Claim {
	for _, known := range claims {
		if known.Tenant == tenant {
			return claims
		}
	}
	return append(slices.Clip(claims), residency.Claim{Tenant: tenant, Path: path})
}

func onBehalf(c residency.Claims, b OnBehalfOf, list string, find Identified) residency.Claims {
	number := 0
	for value := range strings.SplitSeq(list, ",") {
		value = strings.TrimSpace(value)
		if value == "" {
			continue
		}
		if number++; number > maxCustomers {
			c.Problems = append(slices.Clip(c.Problems), residency.ClaimProblem{
				Reason: residency.LimitExceeded, Message: "the request names more customers than are read",
			})
			return c
		}
		for _, tenant := range tenantsOf(b.Scheme, value, find) {
			c.OnBehalfOf = also(c.OnBehalfOf, tenant, "for whom the request is made")
		}
	}
	return c
}
