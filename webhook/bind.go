package webhook

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	authenticationv1 "k8s.io/api/authentication/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// mayNot refuses what the user has no right to say about whose an object is:
// changes of claims without the verb bind, and new claims without claim or bind.
func (h *Handler) mayNot(ctx context.Context, in input) ([]residency.Decision, error) {
	var refusals []residency.Decision
	refuse := func(tenant string, reason residency.Reason, detail string) {
		refusals = append(refusals, residency.Decision{Tenant: tenant, Reason: reason, Action: residency.Deny, Detail: detail})
	}
	bound := in.changes.involved(in.object)
	for _, tenant := range bound {
		allowed, err := h.may(ctx, in.user, tenant, v1alpha1.BindVerb)
		if err != nil {
			return nil, err
		}
		if !allowed {
			refuse(tenant, residency.BindNotAuthorized, bindDetail(in.user.Username, tenant))
		}
	}
	for _, tenant := range newlyClaimed(in) {
		if slices.Contains(bound, tenant) {
			continue // bind, which has been asked about, includes claim
		}
		allowed, err := h.may(ctx, in.user, tenant, v1alpha1.ClaimVerb, v1alpha1.BindVerb)
		if err != nil {
			return nil, err
		}
		if !allowed {
			refuse(tenant, residency.ClaimNotAuthorized, claimDetail(in.user.Username, tenant, in.object.Namespace))
		}
	}
	return refusals, nil
}

// newlyClaimed lists the tenants that a new object claims where no binding says
// whose it is. To bind a new Namespace is more than a claim, and needs bind.
func newlyClaimed(in input) []string {
	if in.object.Operation != residency.Create || in.object.Subresource != "" || in.object.IsNamespace() || in.object.Bound() {
		return nil
	}
	tenants := make([]string, 0, len(in.object.Claims.Tenants))
	for _, claim := range in.object.Claims.Tenants {
		tenants = append(tenants, claim.Tenant)
	}
	return tenants
}

// may says whether the user has one of some verbs on a Tenant.
func (h *Handler) may(ctx context.Context, user authenticationv1.UserInfo, tenant string, verbs ...string) (bool, error) {
	for _, verb := range verbs {
		allowed, err := h.dependencies.Access.May(ctx, user, verb, tenant)
		if err != nil {
			return false, fmt.Errorf("ask whether the user may %s Tenant %q: %w", verb, tenant, err)
		}
		if allowed {
			return true, nil
		}
	}
	return false, nil
}

func bindDetail(user, tenant string) string {
	whose := "tenant " + tenant
	if tenant == "" {
		whose = "every tenant"
	}
	return fmt.Sprintf("changing whose this is needs the verb %s on %s, which %s does not have", v1alpha1.BindVerb, whose, quoted(user))
}

func claimDetail(user, tenant string, ns *residency.Namespace) string {
	where := "where no namespace is bound to it"
	if ns != nil {
		where = "in namespace " + ns.Name + ", which is not bound to it,"
	}
	return fmt.Sprintf("claiming tenant %s %s needs the verb %s or %s on it, which %s does not have",
		tenant, where, v1alpha1.ClaimVerb, v1alpha1.BindVerb, quoted(user))
}

// maxUsername bounds a user name in a message.
const maxUsername = 128

func quoted(user string) string {
	if len(user) > maxUsername {
		user = user[:maxUsername]
	}
	return strconv.QuoteToASCII(user)
}
