package mirror

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

var at = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// tenants are who may be claimed: lantern and lantern-2 are restricted, harbour is
// exempted from the policy "all", dock was until a second ago, meridian is Clear and of
// murky nobody knows.
var tenants = []string{"lantern", "lantern-2", "harbour", "dock", "meridian", "murky"}

// world has these tenants and some policies.
func world(policies ...v1alpha1.TenantPolicy) *snapshot.Snapshot {
	in := sample.World()
	in.Policies, in.Tenants = policies, nil
	for _, name := range tenants {
		party := "lantern-sg"
		switch name {
		case "meridian":
			party = "meridian"
		case "murky":
			party = "nowhere"
		}
		t := sample.Tenant(name, party, "1")
		t.Labels = map[string]string{"tier": "paid", "name": name}
		t.Spec.Namespaces = &v1alpha1.TenantNamespaces{Selector: &metav1.LabelSelector{}}
		if name == "lantern-2" {
			t.Spec.Namespaces.Bound = []string{"lanterns"}
		}
		in.Tenants = append(in.Tenants, t)
	}
	in.Exemptions = []v1alpha1.TenantExemption{exemption("harbour", at.Add(time.Hour)), exemption("dock", at)}
	return snapshottest.Compile(in)
}

func exemption(tenant string, until time.Time) v1alpha1.TenantExemption {
	return sample.Exemption(tenant, until, func(e *v1alpha1.TenantExemption) {
		e.Spec.TenantRef.Name, e.Spec.PolicyRef.Name = v1alpha1.ObjectName(tenant), "all"
	})
}

// policies are worlds of policies, each with what makes it differ.
func policies() map[string][]v1alpha1.TenantPolicy {
	policy := func(name string, m *v1alpha1.Match, change func(*v1alpha1.TenantPolicySpec)) v1alpha1.TenantPolicy {
		p := sample.Policy(name, m)
		if change != nil {
			change(&p.Spec)
		}
		return p
	}
	notIn := metav1.LabelSelectorRequirement{Key: "tier", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"free", "trial"}}
	exists := metav1.LabelSelectorRequirement{Key: "team", Operator: metav1.LabelSelectorOpExists}
	missing := metav1.LabelSelectorRequirement{Key: "legacy", Operator: metav1.LabelSelectorOpDoesNotExist}
	condition := func(expression string) *v1alpha1.Match {
		return &v1alpha1.Match{MatchConditions: []v1alpha1.MatchCondition{{Name: "a", Expression: expression}}}
	}
	return map[string][]v1alpha1.TenantPolicy{
		"nothing said": {policy("all", nil, nil)},
		"two policies": {policy("all", nil, nil), policy("other", nil, func(s *v1alpha1.TenantPolicySpec) { s.TenantSelector = sample.Labelled("name", "harbour") })},
		"namespaces":   {policy("all", &v1alpha1.Match{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "paid"}, MatchExpressions: []metav1.LabelSelectorRequirement{exists}}}, nil)},
		"no namespaces": {policy("all", &v1alpha1.Match{NamespaceSelector: &metav1.LabelSelector{
			MatchExpressions: []metav1.LabelSelectorRequirement{notIn, missing}}}, nil)},
		"objects":    {policy("all", &v1alpha1.Match{ObjectSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{notIn}}}, nil)},
		"objects in": {policy("all", &v1alpha1.Match{ObjectSelector: sample.Labelled("tier", "paid")}, nil)},
		"conditions": {policy("all", condition("request.operation == 'CREATE' && request.userInfo.username != 'x' // ) || true"), nil)},
		"a condition that fails": {policy("all", condition("object.metadata.labels['tier'] == 'paid'"), nil),
			policy("other", nil, func(s *v1alpha1.TenantPolicySpec) { s.TenantSelector = sample.Labelled("name", "lantern-2") })},
		"a condition about data": {policy("all", condition("!has(object.data) || object.data['k'] == 'dg=='"), nil)},
		"resources": {policy("all", &v1alpha1.Match{Resources: []v1alpha1.ResourceRule{
			{APIGroups: []string{"example.com"}, Resources: []string{"widgets"}},
			{APIGroups: []string{""}, Resources: []string{"configmaps", "serviceaccounts"}},
			{APIGroups: []string{"old.example.com"}, APIVersions: []string{"v1"}, Resources: []string{"widgets"}},
		}}, nil), policy("other", nil, nil)},
		"a notice period": {policy("all", nil, func(s *v1alpha1.TenantPolicySpec) {
			s.Enforcement.EffectiveFrom = &metav1.Time{Time: at.Add(time.Second)}
		})},
		"after a notice period": {policy("all", nil, func(s *v1alpha1.TenantPolicySpec) {
			s.Enforcement.EffectiveFrom = &metav1.Time{Time: at}
		})},
		"only told": {policy("all", nil, func(s *v1alpha1.TenantPolicySpec) { s.Enforcement.Restricted = v1alpha1.ActionWarn })},
		"invalid":   {policy("all", nil, func(s *v1alpha1.TenantPolicySpec) { s.Ownership.Threshold = "much" })},
	}
}
