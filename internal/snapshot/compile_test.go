package snapshot_test

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
)

func named(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name} }

func inputs(t *testing.T) (policies []v1alpha1.TenantPolicy, tenants []v1alpha1.Tenant, entities []v1alpha1.LegalEntity) {
	t.Helper()
	for _, name := range []string{"b", "a"} {
		p := policyFrom(t, "{jurisdictions: {blocked: [CN]}, match: {apiKeys: ["+name+"]}}")
		p.Name = name
		policies = append(policies, *p)
	}
	tenants = []v1alpha1.Tenant{
		{ObjectMeta: named("lantern"), Spec: v1alpha1.TenantSpec{Parties: []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: "x"}}}}},
		{ObjectMeta: named("harbour")},
	}
	for _, name := range []string{"x", "y"} {
		e := entityFrom(t, "{displayName: X, type: Company, jurisdictions: {incorporation: SG}}")
		e.Name = name
		entities = append(entities, *e)
	}
	broken := entityFrom(t, "{displayName: Broken, type: Company, jurisdictions: {incorporation: QQ}}")
	broken.Name = "broken"
	return policies, tenants, append(entities, *broken)
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	policies, tenants, entities := inputs(t)
	s := snapshottest.Compile(snapshottest.Inputs{Policies: policies, Tenants: tenants, Entities: entities})
	if len(s.Policies) != 2 || s.Policies[0].Name != "a" || s.Policies[1].Name != "b" {
		t.Errorf("policies are not in the order of their names: %v", s.Policies)
	}
	if s.Tenant("lantern") == nil || s.Tenant("harbour") == nil {
		t.Error("a tenant is missing; one that is invalid is there, too, without parties")
	}
	for name, want := range map[string]bool{"x": true, "y": true, "broken": false} {
		if _, found := s.Graph.Find(ownership.Ref{Key: translate.EntityKey(name)}); found != want {
			t.Errorf("entity %s: found is %t", name, found)
		}
	}
	for _, key := range []string{"a", "b"} {
		if !s.Concerns(&residency.Object{Version: "v1", Resource: "secrets", DataKeys: []string{key}}) {
			t.Errorf("the API key %s of one of the policies is of no concern", key)
		}
	}
	if s.Concerns(&residency.Object{Version: "v1", Resource: "configmaps"}) {
		t.Error("a ConfigMap is of concern")
	}
}

func TestRevision(t *testing.T) {
	t.Parallel()
	policies, tenants, entities := inputs(t)
	base := snapshottest.Compile(snapshottest.Inputs{Policies: policies, Tenants: tenants, Entities: entities}).Revision
	if len(base) != 12 {
		t.Errorf("revision %q", base)
	}
	for _, row := range []struct {
		reason string
		same   bool
		change func(p []v1alpha1.TenantPolicy, tn []v1alpha1.Tenant, e []v1alpha1.LegalEntity)
	}{
		{"another order", true, func(p []v1alpha1.TenantPolicy, _ []v1alpha1.Tenant, e []v1alpha1.LegalEntity) {
			slices.Reverse(p)
			slices.Reverse(e)
		}},
		{"a status", true, func(_ []v1alpha1.TenantPolicy, tn []v1alpha1.Tenant, _ []v1alpha1.LegalEntity) {
			tn[0].Status.ObservedGeneration, tn[0].ResourceVersion = 7, "8"
		}},
		{"a spec", false, func(p []v1alpha1.TenantPolicy, _ []v1alpha1.Tenant, _ []v1alpha1.LegalEntity) {
			p[0].Spec.Roles = []v1alpha1.Role{v1alpha1.RolePayer}
		}},
		{"a label, which a tenantSelector sees", false, func(_ []v1alpha1.TenantPolicy, tn []v1alpha1.Tenant, _ []v1alpha1.LegalEntity) {
			tn[0].Labels = map[string]string{"a": "b"}
		}},
		{"a generation", false, func(_ []v1alpha1.TenantPolicy, _ []v1alpha1.Tenant, e []v1alpha1.LegalEntity) {
			e[0].UID, e[0].Generation = "u", 2
		}},
	} {
		p, tn, e := inputs(t)
		row.change(p, tn, e)
		if same := snapshottest.Compile(snapshottest.Inputs{Policies: p, Tenants: tn, Entities: e}).Revision == base; same != row.same {
			t.Errorf("%s: the same revision is %t, want %t", row.reason, same, row.same)
		}
	}
}

func layerOf(name string) *ownership.Layer {
	var b ownership.Builder
	b.AddParty(ownership.Party{Key: "1", Name: name, Type: ownership.Company})
	return b.Layer().Named("lei")
}

func TestRevisionIsThatOfTheRegistersToo(t *testing.T) {
	t.Parallel()
	policies, tenants, entities := inputs(t)
	revision := func(base *ownership.Layer, missing ...string) string {
		return snapshottest.Compile(snapshottest.Inputs{Policies: policies, Tenants: tenants, Entities: entities, Registers: snapshot.Registers{Layer: base, Missing: missing}}).Revision
	}
	seen := map[string]string{}
	for name, r := range map[string]string{
		"no register": revision(nil), "a register": revision(layerOf("Lantern Group")), "other data": revision(layerOf("Meridian Labs")),
		"none that should be": revision(nil, "lei"), "one of two": revision(layerOf("Lantern Group"), "uk-psc"),
	} {
		if other := seen[r]; other != "" {
			t.Errorf("%s and %s have the same revision", name, other)
		}
		seen[r] = name
	}
	if once, again := revision(layerOf("Lantern Group")), revision(layerOf("Lantern Group")); once != again {
		t.Error("the same data has two revisions")
	}
	given := snapshottest.Inputs{Policies: policies, Tenants: tenants, Entities: entities, Registers: snapshot.Registers{Layer: layerOf("Lantern Group"), Revision: "1"}}
	first := snapshottest.Compile(given).Revision
	given.Registers.Layer = layerOf("Lantern Group")
	if snapshottest.Compile(given).Revision != first {
		t.Error("the revision that the data came with is not used")
	}
}

func policyFrom(t *testing.T, spec string) *v1alpha1.TenantPolicy {
	t.Helper()
	p := &v1alpha1.TenantPolicy{}
	if err := yaml.UnmarshalStrict([]byte(spec), &p.Spec); err != nil {
		t.Fatal(err)
	}
	return p
}

func entityFrom(t *testing.T, spec string) *v1alpha1.LegalEntity {
	t.Helper()
	e := &v1alpha1.LegalEntity{}
	if err := yaml.UnmarshalStrict([]byte(spec), &e.Spec); err != nil {
		t.Fatal(err)
	}
	return e
}
