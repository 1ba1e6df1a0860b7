package explain

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/residency"
)

// query is what to explain, and from which policies' point of view.
type query struct {
	target
	policy string // "" is every policy
	at     time.Time
}

// decide asks every policy in question. Skipped are those that are not about
// the tenant.
func (q query) decide(w *world.View) (decisions []residency.Decision, skipped []string, err error) {
	policies, err := q.policies(w)
	if err != nil {
		return nil, nil, err
	}
	if q.tenant == "" {
		if err := q.known(w); err != nil {
			return nil, nil, err
		}
		for _, p := range policies {
			decisions = append(decisions, residency.ExplainParty(p, w.Graph, q.party, q.at, residency.ExplainLimits))
		}
		return decisions, nil, nil
	}
	tenant := w.Tenant(q.tenant)
	if tenant == nil {
		return nil, nil, &world.NotFoundError{Resource: "tenants", Name: q.tenant, Known: w.TenantNames()}
	}
	request := residency.Request{At: q.at, Tenant: tenant}
	for _, p := range policies {
		if p.SelectsTenant != nil && !p.SelectsTenant(tenant.Labels) {
			skipped = append(skipped, p.Name)
			continue
		}
		decisions = append(decisions, residency.Explain(p, w.Graph, request, residency.ExplainLimits))
	}
	return decisions, skipped, nil
}

func (q query) policies(w *world.View) ([]*residency.Policy, error) {
	if q.policy == "" {
		if len(w.Policies) == 0 {
			return nil, errors.New("there is no TenantPolicy, and so no verdict to explain")
		}
		return w.Policies, nil
	}
	for _, p := range w.Policies {
		if p.Name == q.policy {
			return []*residency.Policy{p}, nil
		}
	}
	return nil, &world.NotFoundError{Resource: "tenantpolicies", Name: q.policy, Known: w.PolicyNames()}
}

// known refuses a party that nothing so much as refers to.
func (q query) known(w *world.View) error {
	if _, found := w.Graph.Find(q.party); found {
		return nil
	}
	if q.entity != "" {
		return &world.NotFoundError{Resource: "legalentities", Name: q.entity, Known: w.EntityNames()}
	}
	hint := ""
	if len(w.Missing) > 0 {
		hint = "; it may be in the data of register " + strings.Join(w.Missing, ", ") + ", which is missing here"
	}
	return fmt.Errorf("no party has the identifier %s%s", q.party.Identifier, hint)
}
