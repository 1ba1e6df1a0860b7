package status

import (
	"maps"
	"slices"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/internal/residency"
)

// maxTenantPolicies bounds how many policies domicile_tenants names.
const maxTenantPolicies = 128

// kindAndReason is what objects are counted by.
type kindAndReason struct{ kind, reason string }

// readySamples counts objects by kind and by the reason of their condition Ready.
func readySamples(p *planned, t *tally) []metric.Sample {
	counts := maps.Clone(t.ready)
	for _, status := range p.policies {
		counts[kindAndReason{"TenantPolicy", reasonOf(status.Conditions)}]++
	}
	for _, e := range p.world.Objects.Exemptions.All() {
		counts[kindAndReason{"TenantExemption", p.exemptionReady(e).Reason}]++
	}
	for _, a := range p.world.Objects.AccessPoints.All() {
		counts[kindAndReason{"AccessPoint", accessPointReady(a).Reason}]++
	}
	samples := make([]metric.Sample, 0, len(counts))
	for labels, n := range counts {
		if n > 0 {
			samples = append(samples, metric.Sample{Value: float64(n), Labels: []string{labels.kind, labels.reason}})
		}
	}
	return samples
}

// reasonOf is the reason of the condition Ready.
func reasonOf(conditions []metav1.Condition) string {
	if c := apimeta.FindStatusCondition(conditions, v1alpha1.ConditionReady); c != nil {
		return c.Reason
	}
	return ""
}

// tenantSamples has every verdict of every policy, also those that no tenant has.
func tenantSamples(byPolicy map[string]verdictCounts) []metric.Sample {
	var rest verdictCounts
	names := slices.Sorted(maps.Keys(byPolicy))
	samples := make([]metric.Sample, 0, len(rest)*(min(len(names), maxTenantPolicies)+1))
	add := func(policy string, counts verdictCounts) {
		for verdict, n := range counts {
			samples = append(samples, metric.Sample{Value: float64(n), Labels: []string{policy, residency.Verdict(verdict).String()}})
		}
	}
	for i, name := range names {
		if i < maxTenantPolicies {
			add(name, byPolicy[name])
			continue
		}
		for verdict, n := range byPolicy[name] {
			rest[verdict] += n
		}
	}
	if len(names) > maxTenantPolicies {
		add("", rest)
	}
	return samples
}
