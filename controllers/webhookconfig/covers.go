package webhookconfig

import (
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// Covers says whether a configuration asks for everything that a policy needs.
// It may ask for more, on account of other policies.
func (o Options) Covers(live *admissionv1.ValidatingWebhookConfiguration, p *v1alpha1.TenantPolicy) bool {
	return o.asksFor(live.Webhooks, o.policyEntries([]v1alpha1.TenantPolicy{*p}))
}

// asksFor says whether entries ask for everything that others do.
func (o Options) asksFor(have, need []admissionv1.ValidatingWebhook) bool {
	for i := range need {
		at := slices.IndexFunc(have, func(w admissionv1.ValidatingWebhook) bool { return w.Name == need[i].Name })
		if at < 0 || !covered(&have[at], &need[i], o) {
			return false
		}
	}
	return true
}

// fails says whether an entry refuses what cannot be asked.
func fails(w *admissionv1.ValidatingWebhook) bool {
	return w.FailurePolicy != nil && *w.FailurePolicy == admissionv1.Fail
}

func covered(have, need *admissionv1.ValidatingWebhook, o Options) bool {
	everything := o.namespaceSelector(nil)
	names, namespaces := named(have)
	wanted, within := named(need)
	switch {
	case len(names) > 0 && (len(wanted) == 0 || !containsAll(names, wanted)), // without names it is about all
		!equality.Semantic.DeepEqual(have.ClientConfig.Service, need.ClientConfig.Service),
		len(have.ClientConfig.CABundle) == 0,
		fails(need) && !fails(have),
		!equality.Semantic.DeepEqual(namespaces, within) && !equality.Semantic.DeepEqual(namespaces, everything),
		!equality.Semantic.DeepEqual(have.ObjectSelector, need.ObjectSelector) && !selectsAll(have),
		!conditionsCover(have.MatchConditions, need.MatchConditions):
		return false
	}
	for _, r := range need.Rules {
		for _, resource := range r.Resources {
			if !slices.ContainsFunc(have.Rules, func(h admissionv1.RuleWithOperations) bool { return ruleCovers(h, r, resource) }) {
				return false
			}
		}
	}
	return true
}

func containsAll(have, need []string) bool {
	return !slices.ContainsFunc(need, func(n string) bool { return !slices.Contains(have, n) })
}

func selectsAll(w *admissionv1.ValidatingWebhook) bool {
	return w.ObjectSelector == nil || len(w.ObjectSelector.MatchLabels)+len(w.ObjectSelector.MatchExpressions) == 0
}

// ruleCovers says whether a rule has a resource of another one in all the
// groups, versions and operations of the other.
func ruleCovers(have, need admissionv1.RuleWithOperations, resource string) bool {
	contains := func(have, need []string) bool {
		return slices.Contains(have, "*") || containsAll(have, need)
	}
	return slices.Contains(have.Resources, resource) && contains(have.APIGroups, need.APIGroups) &&
		contains(have.APIVersions, need.APIVersions) &&
		!slices.ContainsFunc(need.Operations, func(o admissionv1.OperationType) bool { return !slices.Contains(have.Operations, o) })
}

// conditionsCover says whether conditions let everything through that others do: each
// of them has to be among the others.
func conditionsCover(have, need []admissionv1.MatchCondition) bool {
	return !slices.ContainsFunc(have, func(h admissionv1.MatchCondition) bool {
		return !slices.ContainsFunc(need, func(n admissionv1.MatchCondition) bool { return conditionCovers(h, n) })
	})
}

// conditionCovers says whether one condition lets everything through that another does:
// it is the same, or names more of what makes Secrets API keys.
func conditionCovers(have, need admissionv1.MatchCondition) bool {
	if have.Expression == need.Expression {
		return true
	}
	all, okAll := addedBy(have.Expression)
	some, okSome := addedBy(need.Expression)
	return have.Name == need.Name && okAll && okSome && containsAll(all, some)
}
