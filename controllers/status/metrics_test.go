package status

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/sample"
	"github.com/domicile-dev/domicile/test/rig/series"
)

func newTestMetrics(t *testing.T) (*metrics, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	return m, registry
}

func planInto(m *metrics, p allPlanned) { m.planned(p.planned, p.tally) }

func TestTenantsAreCountedByPolicyAndVerdict(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := sample.World()
	in.Policies = append(in.Policies, sample.Policy("no-ru", nil))
	planInto(m, planOf(in, sample.OnTenth))
	want := map[string]float64{}
	for policy, counts := range map[string][4]float64{"no-cn": {0, 0, 1, 1}, "no-ru": {0, 0, 1, 1}} {
		for i, verdict := range []string{"Indeterminate", "Unidentified", "Clear", "Restricted"} {
			want["domicile_tenants policy="+policy+" verdict="+verdict] = counts[i]
		}
	}
	if diff := cmp.Diff(want, series.Of(t, registry, "domicile_tenants")); diff != "" {
		t.Errorf("every verdict is there, also those that nobody has (-want +got):\n%s", diff)
	}
	in.Policies = in.Policies[:1]
	planInto(m, planOf(in, sample.OnTenth))
	if got := series.Of(t, registry, "domicile_tenants"); len(got) != 4 {
		t.Errorf("series of a policy that was deleted are left: %v", got)
	}
}

// A policy is ready when the webhook configuration asks for what it needs.
func TestPoliciesAreCountedAsTheyAre(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := sample.World()
	in.Policies = append(in.Policies, sample.Policy("no-ru", nil))
	for _, tc := range []struct {
		reason  string
		lacking []string
		want    map[string]float64
	}{
		{"the configuration lacks one of them", []string{"no-ru"}, map[string]float64{"Compiled": 1, "WebhookNotReady": 1}},
		{"the configuration is complete", nil, map[string]float64{"Compiled": 2}},
		{"somebody has changed the configuration", []string{"no-ru", "no-cn"}, map[string]float64{"WebhookNotReady": 2}},
	} {
		planInto(m, planOf(in, sample.OnTenth, tc.lacking...))
		want := map[string]float64{}
		for reason, n := range tc.want {
			want["domicile_objects kind=TenantPolicy reason="+reason] = n
		}
		got := series.Of(t, registry, "domicile_objects")
		maps.DeleteFunc(got, func(key string, _ float64) bool { return !strings.Contains(key, "kind=TenantPolicy") })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
	}
}

func TestManyPoliciesAreSummedUp(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := sample.World()
	in.Policies = nil
	for i := range maxTenantPolicies + 3 {
		in.Policies = append(in.Policies, sample.Policy(fmt.Sprintf("policy-%03d", i), nil))
	}
	planInto(m, planOf(in, sample.OnTenth))
	got := series.Of(t, registry, "domicile_tenants")
	if len(got) != 4*(maxTenantPolicies+1) {
		t.Errorf("%d series, want four for each of %d policies and for the rest", len(got), maxTenantPolicies)
	}
	if got["domicile_tenants policy=policy-127 verdict=Restricted"] != 1 || got["domicile_tenants policy= verdict=Restricted"] != 3 {
		t.Errorf("the last three policies are not summed up: %v", got)
	}
}

// hostile is a name that nobody would look for among the metrics.
const hostile = "hostile-name"

// Everything has a name that its users chose, and fails in its own way.
func TestNoLabelHasANameThatUsersChoose(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := snapshottest.Inputs{
		Policies: []v1alpha1.TenantPolicy{sample.Policy(hostile+"-policy", nil), sample.Policy(hostile+"-invalid", nil)},
		Entities: []v1alpha1.LegalEntity{sample.Entity(hostile+"-entity", "CN"), sample.Entity(hostile+"-nowhere", hostile)},
		Tenants:  []v1alpha1.Tenant{sample.Tenant(hostile+"-tenant", hostile+"-entity", "1"), sample.Tenant(hostile+"-lost", hostile+"-gone", "1")},
		Exemptions: []v1alpha1.TenantExemption{{Spec: v1alpha1.TenantExemptionSpec{
			TenantRef: v1alpha1.TenantReference{Name: hostile}, PolicyRef: v1alpha1.PolicyReference{Name: hostile},
		}}},
	}
	in.Exemptions[0].Name = hostile
	in.Policies[1].Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{hostile}
	planInto(m, planOf(in, sample.OnTenth))
	allowed := map[string]bool{}
	for _, p := range in.Policies {
		for _, verdict := range []string{"Indeterminate", "Unidentified", "Clear", "Restricted"} {
			allowed["domicile_tenants policy="+p.Name+" verdict="+verdict] = true
		}
	}
	for name := range series.Of(t, registry, "") {
		if strings.Contains(name, hostile) && !allowed[name] {
			t.Errorf("%s", name)
		}
	}
	if got := series.Of(t, registry, "domicile_objects"); len(got) < 6 {
		t.Errorf("too little happened for this test to mean anything: %v", got)
	}
}
