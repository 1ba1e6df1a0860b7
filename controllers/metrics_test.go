package controllers

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/register/store"
)

func newTestMetrics(t *testing.T) (*Metrics, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	m, err := NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	return m, registry
}

// series reads the families of metrics whose names begin with a prefix.
func series(t *testing.T, registry *prometheus.Registry, prefix string) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), prefix) {
			continue
		}
		for _, m := range f.GetMetric() {
			key := f.GetName()
			for _, l := range m.GetLabel() {
				key += fmt.Sprintf(" %s=%s", l.GetName(), l.GetValue())
			}
			got[key] = m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return got
}

func planInto(m *Metrics, p allPlanned) { m.planned(p.planned, p.tally) }

func TestTenantsAreCountedByPolicyAndVerdict(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := world()
	in.policies = append(in.policies, matching("no-ru", nil))
	planInto(m, planOf(in, onTenth))
	want := map[string]float64{}
	for policy, counts := range map[string][4]float64{"no-cn": {0, 0, 1, 1}, "no-ru": {0, 0, 1, 1}} {
		for i, verdict := range []string{"Indeterminate", "Unidentified", "Clear", "Restricted"} {
			want["domicile_tenants policy="+policy+" verdict="+verdict] = counts[i]
		}
	}
	if diff := cmp.Diff(want, series(t, registry, "domicile_tenants")); diff != "" {
		t.Errorf("every verdict is there, also those that nobody has (-want +got):\n%s", diff)
	}
	in.policies = in.policies[:1]
	planInto(m, planOf(in, onTenth))
	if got := series(t, registry, "domicile_tenants"); len(got) != 4 {
		t.Errorf("series of a policy that was deleted are left: %v", got)
	}
}

// A policy is ready when the webhook configuration asks for what it needs.
func TestPoliciesAreCountedAsTheyAre(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := world()
	in.policies = append(in.policies, matching("no-ru", nil))
	for _, tc := range []struct {
		reason  string
		lacking []string
		want    map[string]float64
	}{
		{"the configuration lacks one of them", []string{"no-ru"}, map[string]float64{"Compiled": 1, "WebhookNotReady": 1}},
		{"the configuration is complete", nil, map[string]float64{"Compiled": 2}},
		{"somebody has changed the configuration", []string{"no-ru", "no-cn"}, map[string]float64{"WebhookNotReady": 2}},
	} {
		planInto(m, planOf(in, onTenth, tc.lacking...))
		want := map[string]float64{}
		for reason, n := range tc.want {
			want["domicile_objects kind=TenantPolicy reason="+reason] = n
		}
		got := series(t, registry, "domicile_objects")
		maps.DeleteFunc(got, func(key string, _ float64) bool { return !strings.Contains(key, "kind=TenantPolicy") })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
	}
}

func TestManyPoliciesAreSummedUp(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := world()
	in.policies = nil
	for i := range maxTenantPolicies + 3 {
		in.policies = append(in.policies, matching(fmt.Sprintf("policy-%03d", i), nil))
	}
	planInto(m, planOf(in, onTenth))
	got := series(t, registry, "domicile_tenants")
	if len(got) != 4*(maxTenantPolicies+1) {
		t.Errorf("%d series, want four for each of %d policies and for the rest", len(got), maxTenantPolicies)
	}
	if got["domicile_tenants policy=policy-127 verdict=Restricted"] != 1 || got["domicile_tenants policy= verdict=Restricted"] != 3 {
		t.Errorf("the last three policies are not summed up: %v", got)
	}
}

func TestTheRevisionIsOneSeries(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := world()
	first, second := in.compile(), inputs{}.compile()
	m.published(nil, first, beforeTenth)
	m.published(first, second, onTenth)
	want := map[string]float64{
		"domicile_snapshot_info revision=" + second.Revision: 1,
	}
	if diff := cmp.Diff(want, series(t, registry, "domicile_snapshot_info")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBacklogSaysSinceWhenSomethingIsMissing(t *testing.T) {
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	const pending = "domicile_snapshot_pending_timestamp_seconds"
	for _, tc := range []struct {
		name, reason string
		happens      func(b *backlog)
		want         float64
	}{
		{"idle", "an old snapshot lacks nothing if nothing has changed", func(*backlog) {}, 0},
		{"stuck", "the oldest change counts", func(b *backlog) { b.notice(at(10)); b.notice(at(20)) }, 10},
		{"stuck while building", "what was read is not in use yet", func(b *backlog) { b.notice(at(10)); b.begin(); b.notice(at(20)) }, 10},
		{"built", "nothing is missing", func(b *backlog) { b.notice(at(10)); b.begin(); b.done() }, 0},
		{"changed while building", "the build may not have read that", func(b *backlog) { b.notice(at(10)); b.begin(); b.notice(at(20)); b.done() }, 20},
		{"begun again", "the second build reads what the first one had not", func(b *backlog) {
			b.notice(at(10))
			b.begin()
			b.notice(at(20))
			b.begin()
			b.done()
		}, 0},
		{"built without a change", "time alone may be the reason", func(b *backlog) { b.begin(); b.done() }, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, registry := newTestMetrics(t)
			tc.happens(&m.backlog)
			if got := series(t, registry, pending)[pending]; got != tc.want {
				t.Errorf("%v, want %v: %s", got, tc.want, tc.reason)
			}
		})
	}
}

func TestABuilderThatIsStuckIsSeen(t *testing.T) {
	cl := clocktesting.NewFakeClock(onTenth)
	m, registry := newTestMetrics(t)
	b := NewSnapshotBuilder(nil, nil, &Registers{}, nil, cl, m, logr.Discard())
	cl.Step(time.Minute)
	b.notice() // as an informer does, while nobody builds
	cl.Step(time.Hour)
	want := map[string]float64{
		"domicile_snapshot_heartbeat_timestamp_seconds": timestamp(onTenth),
		"domicile_snapshot_pending_timestamp_seconds":   timestamp(onTenth.Add(time.Minute)),
	}
	got := series(t, registry, "domicile_snapshot_")
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
}

// hostile is a name that nobody would look for among the metrics.
const hostile = "hostile-name"

// Everything has a name that its users chose, and fails in its own way.
func TestNoLabelHasANameThatUsersChoose(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := inputs{
		policies: []v1alpha1.TenantPolicy{matching(hostile+"-policy", nil), matching(hostile+"-invalid", nil)},
		entities: []v1alpha1.LegalEntity{entity(hostile+"-entity", "CN"), entity(hostile+"-nowhere", hostile)},
		tenants:  []v1alpha1.Tenant{tenant(hostile+"-tenant", hostile+"-entity", "1"), tenant(hostile+"-lost", hostile+"-gone", "1")},
		exemptions: []v1alpha1.TenantExemption{{Spec: v1alpha1.TenantExemptionSpec{
			TenantRef: v1alpha1.TenantReference{Name: hostile}, PolicyRef: v1alpha1.PolicyReference{Name: hostile},
		}}},
	}
	in.exemptions[0].Name = hostile
	in.policies[1].Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{hostile}
	c := in.compile()
	m.published(nil, c, onTenth)
	planInto(m, planOf(in, onTenth))
	m.liveRead(fmt.Errorf("read %s", hostile))
	for reason := range registerResults {
		m.registerLoad(registerResults[reason], time.Second)
	}
	m.registers(map[string]*registerState{
		hostile: {name: hostile}, hostile + "-stale": {name: hostile, inUse: &store.Entry{}, failure: &failure{reason: hostile}},
	})
	allowed := map[string]bool{}
	for _, p := range in.policies {
		for _, verdict := range []string{"Indeterminate", "Unidentified", "Clear", "Restricted"} {
			allowed["domicile_tenants policy="+p.Name+" verdict="+verdict] = true
		}
	}
	for name := range series(t, registry, "") {
		if strings.Contains(name, hostile) && !allowed[name] {
			t.Errorf("%s", name)
		}
	}
	if got := series(t, registry, "domicile_objects"); len(got) < 6 {
		t.Errorf("too little happened for this test to mean anything: %v", got)
	}
}
