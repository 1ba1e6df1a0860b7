package audit

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

var noon = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

// compile makes a snapshot of a policy, and of two tenants, one of which is held
// from a blocked place.
func compile(t *testing.T, change func(*snapshottest.Inputs)) *snapshot.Snapshot {
	t.Helper()
	var w struct {
		Policies   []v1alpha1.TenantPolicy
		Tenants    []v1alpha1.Tenant
		Entities   []v1alpha1.LegalEntity
		Exemptions []v1alpha1.TenantExemption
	}
	err := yaml.UnmarshalStrict([]byte(`
policies:
- metadata: {name: p}
  spec: {jurisdictions: {blocked: [KP]}}
entities:
- {metadata: {name: bad}, spec: {displayName: Bad, type: Company, jurisdictions: {headquarters: KP}}}
- {metadata: {name: good}, spec: {displayName: Good, type: Company, jurisdictions: {headquarters: NZ}}}
tenants:
- {metadata: {name: bad}, spec: {parties: [{role: Customer, entity: {name: bad}}]}}
- {metadata: {name: good}, spec: {parties: [{role: Customer, entity: {name: good}}]}}
exemptions: []
`), &w)
	if err != nil {
		t.Fatal(err)
	}
	world := snapshottest.Inputs{Policies: w.Policies, Tenants: w.Tenants, Entities: w.Entities}
	if change != nil {
		change(&world)
	}
	return snapshottest.Compile(world)
}

func TestSince(t *testing.T) {
	policy := func(y string) func(*snapshottest.Inputs) {
		return func(w *snapshottest.Inputs) {
			if err := yaml.UnmarshalStrict([]byte(y), &w.Policies[0].Spec); err != nil {
				t.Fatal(err)
			}
		}
	}
	exempted := func(w *snapshottest.Inputs) {
		w.Exemptions = []v1alpha1.TenantExemption{{}}
		err := yaml.UnmarshalStrict([]byte(`
metadata: {name: e}
spec: {tenantRef: {name: bad}, policyRef: {name: p}, reason: r, reference: r, approvedBy: a, expiresAt: "2026-07-01T12:00:10Z"}`), &w.Exemptions[0])
		if err != nil {
			t.Fatal(err)
		}
	}
	announced := policy(`{jurisdictions: {blocked: [KP]}, enforcement: {effectiveFrom: "2026-07-01T12:00:10Z"}}`)
	for _, tc := range []struct {
		name, reason  string
		before, after func(*snapshottest.Inputs)
		later         time.Duration
		everything    bool
		tenants       []string
	}{
		{name: "nothing", reason: "there is no reason to look"},
		{name: "time", reason: "nothing has a date", later: time.Hour},
		{name: "moves", reason: "the other tenant's namespaces are as they were", after: func(w *snapshottest.Inputs) {
			w.Entities[1].Spec.Jurisdictions.Headquarters = "KP"
		}, tenants: []string{"good"}},
		{name: "tenant deleted", reason: "what it claimed is now of nobody", after: func(w *snapshottest.Inputs) { w.Tenants = w.Tenants[:1] }, tenants: []string{"good"}},
		{name: "tenant created", reason: "as above, the other way round", before: func(w *snapshottest.Inputs) { w.Tenants = w.Tenants[:1] }, tenants: []string{"good"}},
		{name: "namespaces", reason: "it may be claimed elsewhere", after: func(w *snapshottest.Inputs) {
			w.Tenants[1].Spec.Namespaces = &v1alpha1.TenantNamespaces{Names: []string{"x"}}
		}, tenants: []string{"good"}},
		{name: "name", reason: "how it is called changes nothing", after: func(w *snapshottest.Inputs) { w.Tenants[1].Spec.DisplayName = "Better" }},
		{name: "policy deleted", reason: "its findings go everywhere", after: func(w *snapshottest.Inputs) { w.Policies = nil }, everything: true},
		{name: "policy covers more", reason: "that may be anywhere", after: policy(`{match: {apiKeys: [KEY]}}`), everything: true},
		{name: "policy about nobody's objects", reason: "they may be anywhere", after: policy(`{jurisdictions: {blocked: [KP]}, enforcement: {unidentified: Warn}}`), everything: true},
		{name: "milder", reason: "only what is restricted is treated otherwise", after: policy(`{jurisdictions: {blocked: [KP]}, enforcement: {restricted: Warn}}`), tenants: []string{"bad"}},
		{name: "suspends", reason: "what runs for who is restricted is looked for", after: policy(`{jurisdictions: {blocked: [KP]}, enforcement: {existing: Suspend}}`), tenants: []string{"bad"}},
		{name: "exempted", reason: "one tenant is", after: exempted, tenants: []string{"bad"}},
		{name: "expired", reason: "nobody touches anything", before: exempted, after: exempted, later: 10 * time.Second, tenants: []string{"bad"}},
		{name: "not yet expired", reason: "it holds until that second", before: exempted, after: exempted, later: 10*time.Second - 1},
		{name: "effective", reason: "what happens to objects of nobody changes too", before: announced, after: announced, later: 10 * time.Second, everything: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			was := newView(compile(t, tc.before), noon)
			now := newView(compile(t, tc.after), noon.Add(tc.later))
			everything, tenants := now.since(was)
			if everything != tc.everything {
				t.Errorf("everything: %v, want %v: %s", everything, tc.everything, tc.reason)
			}
			if diff := cmp.Diff(tc.tenants, slices.Sorted(maps.Keys(tenants))); diff != "" {
				t.Errorf("tenants: %s: %s", tc.reason, diff)
			}
		})
	}
}

func TestOutdated(t *testing.T) {
	w := compile(t, func(w *snapshottest.Inputs) {
		if err := yaml.UnmarshalStrict([]byte(`{enforcement: {effectiveFrom: "2026-07-01T12:00:10Z"}}`), &w.Policies[0].Spec); err != nil {
			t.Fatal(err)
		}
	})
	v := newView(w, noon)
	for _, tc := range []struct {
		name, reason string
		world        *snapshot.Snapshot
		at           time.Time
		want         bool
	}{
		{"at once", "nothing has changed", w, noon, false},
		{"before the date", "nothing has changed", w, noon.Add(10*time.Second - 1), false},
		{"at the date", "the policy is effective", w, noon.Add(10 * time.Second), true},
		{"clock set back", "it may be in another period", w, noon.Add(-time.Second), true},
		{"another world", "it may say anything", compile(t, nil), noon, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := v.outdated(tc.world, tc.at); got != tc.want {
				t.Errorf("%v, want %v: %s", got, tc.want, tc.reason)
			}
		})
	}
}

func TestScope(t *testing.T) {
	many := map[string]bool{}
	for _, c := range "abcdefghijklmnopqrst" {
		many[string(c)] = true
	}
	for _, tc := range []struct {
		name, reason string
		due          due
		known        int
		want         []string
	}{
		{"everything", "as asked for", due{everything: true, namespaces: map[string]bool{"a": true}}, 100, nil},
		{"few of many", "one by one", due{namespaces: map[string]bool{"b": true, "a": true}}, 100, []string{"a", "b"}},
		{"few of few", "one by one, as it matters little", due{namespaces: map[string]bool{"b": true, "a": true}}, 2, []string{"a", "b"}},
		{"most", "the whole cluster takes fewer requests", due{namespaces: many}, 30, nil},
		{"not most", "one by one", due{namespaces: many}, 100, slices.Sorted(maps.Keys(many))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.due.scope(tc.known)); diff != "" {
				t.Errorf("%s: %s", tc.reason, diff)
			}
		})
	}
}
