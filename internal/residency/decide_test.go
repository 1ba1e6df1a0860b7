package residency_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// told is what a row expects of one Decision.
type told struct {
	Policy, Tenant string
	Reason         residency.Reason
}

func claims(tenants ...string) residency.Claims {
	var c residency.Claims
	for _, tenant := range tenants {
		c.Tenants = append(c.Tenants, residency.Claim{Tenant: tenant, Path: "metadata.annotations"})
	}
	return c
}

func namespace(bound ...string) *residency.Namespace {
	return &residency.Namespace{Name: "apps", Claims: claims(bound...)}
}

func deployment(ns *residency.Namespace, tenants ...string) *residency.Object {
	return &residency.Object{Group: "apps", Resource: "deployments", Namespace: ns, Claims: claims(tenants...)}
}

// newWorld has two clean tenants, one that is restricted and one that admits
// no namespace.
func newWorld(t *testing.T, policies ...*residency.Policy) *residency.World {
	t.Helper()
	shy := newTenant("shy", "clean")
	shy.Admits = nil
	return &residency.World{
		Graph:    graphtest.Build(t, graph),
		Policies: policies,
		Tenants: residency.TenantMap{
			"clean": newTenant("clean", "clean"),
			"other": newTenant("other", "clean"),
			"red":   newTenant("red", "seed"),
			"shy":   shy,
		},
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	key := func(tenant string) []residency.SecretReference {
		return []residency.SecretReference{{Name: "key", Path: "spec.volumes[0].secret.secretName", Tenant: tenant}}
	}
	problem := residency.Claims{Problems: []residency.ClaimProblem{{Reason: residency.InvalidClaim, Message: "no name"}}}
	for _, row := range []struct {
		name, reason string
		object       *residency.Object
		want         []told
	}{
		{
			name: "admitted", reason: "the tenant admits the namespace",
			object: deployment(namespace(), "clean"),
			want:   []told{{"blocked", "clean", residency.NoRestrictedOwner}},
		},
		{
			name: "not admitted", reason: "without spec.namespaces a tenant may only be claimed where it is bound",
			object: deployment(namespace(), "shy"),
			want:   []told{{"", "shy", residency.TenantNotAuthorized}, {"blocked", "shy", residency.NoRestrictedOwner}},
		},
		{
			name: "bound", reason: "where it is bound it need not admit",
			object: deployment(namespace("shy")),
			want:   []told{{"blocked", "shy", residency.NoRestrictedOwner}},
		},
		{
			name: "bound and claimed", reason: "the same claim again says nothing new",
			object: deployment(namespace("shy"), "shy"),
			want:   []told{{"blocked", "shy", residency.NoRestrictedOwner}},
		},
		{
			name: "bound otherwise", reason: "the claim is refused, and what it claims is traced besides",
			object: deployment(namespace("clean"), "red"),
			want:   []told{{"", "red", residency.TenantMismatch}, {"blocked", "clean", residency.RestrictedSeed}},
		},
		{
			name: "two claims", reason: "an object belongs to one tenant",
			object: deployment(namespace(), "clean", "red"),
			want:   []told{{"", "clean", residency.TenantMismatch}, {"blocked", "clean", residency.RestrictedSeed}},
		},
		{
			name: "unknown tenant", reason: "whether a tenant that does not exist admits the namespace is no question",
			object: deployment(namespace(), "ghost"),
			want:   []told{{"blocked", "ghost", residency.TenantNotFound}},
		},
		{
			name: "unreadable", reason: "a claim that cannot be read is refused, and counts as none",
			object: &residency.Object{Resource: "pods", Namespace: namespace(), Claims: problem},
			want:   []told{{"", "", residency.InvalidClaim}, {"blocked", "", residency.NoTenant}},
		},
		{
			name: "unreadable namespace", reason: "a binding that cannot be read refuses everything in the namespace",
			object: deployment(&residency.Namespace{Name: "apps", Claims: problem}),
			want:   []told{{"", "", residency.InvalidClaim}, {"blocked", "", residency.NoTenant}},
		},
		{
			name: "own key", reason: "a tenant reads its own keys",
			object: &residency.Object{Resource: "pods", Namespace: namespace(), Claims: claims("clean"), Secrets: key("clean")},
			want:   []told{{"blocked", "clean", residency.NoRestrictedOwner}},
		},
		{
			name: "ordinary Secret", reason: "a Secret of nobody is for everybody",
			object: &residency.Object{Resource: "pods", Namespace: namespace(), Claims: claims("clean"), Secrets: key("")},
			want:   []told{{"blocked", "clean", residency.NoRestrictedOwner}},
		},
		{
			name: "foreign key", reason: "a tenant does not read another one's keys",
			object: &residency.Object{Resource: "pods", Namespace: namespace("clean"), Secrets: key("other")},
			want:   []told{{"", "clean", residency.ForeignAPIKey}, {"blocked", "clean", residency.NoRestrictedOwner}},
		},
		{
			name: "nobody's workload", reason: "who belongs to nobody reads nobody's keys",
			object: &residency.Object{Resource: "pods", Namespace: namespace(), Secrets: key("other")},
			want:   []told{{"", "", residency.ForeignAPIKey}, {"blocked", "", residency.NoTenant}},
		},
		{
			name: "Namespace", reason: "a Namespace is bound by whoever may bind, whatever the tenant admits",
			object: &residency.Object{Resource: "namespaces", Name: "apps", Claims: claims("shy")},
			want:   []told{{"blocked", "shy", residency.NoRestrictedOwner}},
		},
		{
			name: "Namespace as the webhook has it", reason: "that a Namespace is in itself, not bound yet, is no question of being admitted",
			object: &residency.Object{Resource: "namespaces", Name: "apps", Namespace: namespace(), Claims: claims("shy")},
			want:   []told{{"blocked", "shy", residency.NoRestrictedOwner}},
		},
		{
			name: "Namespace of nobody", reason: "a Namespace without a claim is not judged at all",
			object: &residency.Object{Resource: "namespaces", Name: "apps"},
		},
		{
			name: "Namespace in itself", reason: "a Namespace's old claims don't bind the new ones",
			object: &residency.Object{Resource: "namespaces", Name: "apps", Namespace: namespace("other"), Claims: claims("red")},
			want:   []told{{"blocked", "red", residency.RestrictedSeed}},
		},
		{
			name: "cluster-scoped", reason: "what is in no namespace cannot be refused for its namespace",
			object: deployment(nil, "shy"),
			want:   []told{{"blocked", "shy", residency.NoRestrictedOwner}},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := residency.Decide(newWorld(t, newPolicy(t)), row.object, noon)
			if diff := cmp.Diff(row.want, tell(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			for _, d := range got.Decisions {
				if d.Policy == "" && (d.Action != residency.Deny || d.Detail == "") {
					t.Errorf("%s is %s, with detail %q: it must be denied, and say why", d.Reason, d.Action, d.Detail)
				}
			}
		})
	}
}

func tell(a residency.Answer) []told {
	var list []told
	for _, d := range a.Decisions {
		list = append(list, told{d.Policy, d.Tenant, d.Reason})
	}
	return list
}

func TestPoliciesSpeakAboutTheirTenants(t *testing.T) {
	t.Parallel()
	selects := func(name string) func(*residency.Policy) {
		return func(p *residency.Policy) {
			p.SelectsTenant = func(labels map[string]string) bool { return labels["name"] == name }
		}
	}
	onBehalfOf := func(o *residency.Object, tenants ...string) *residency.Object {
		o.Claims.OnBehalfOf = claims(tenants...).Tenants
		return o
	}
	for _, row := range []struct {
		reason string
		change func(*residency.Policy)
		object *residency.Object
		want   []told
	}{
		{"it is about the tenant", selects("red"), deployment(namespace(), "red"), []told{{"blocked", "red", residency.RestrictedSeed}}},
		{"it is about another one", selects("clean"), deployment(namespace(), "red"), nil},
		{"with a selector it is not about objects of nobody", selects("clean"), deployment(namespace()), nil},
		{"nor about tenants that don't exist", selects("clean"), deployment(namespace(), "ghost"), nil},
		{"it is about the one on whose behalf, and does not judge the other", selects("clean"), onBehalfOf(deployment(namespace(), "red"), "clean"), []told{{"blocked", "clean", residency.NoRestrictedOwner}}},
		{"of nobody on behalf of somebody", selects("red"), onBehalfOf(deployment(namespace()), "clean", "red"), []told{{"blocked", "red", residency.RestrictedSeed}}},
		{"a further tenant that it is not about does not count", selects("clean"), onBehalfOf(deployment(namespace(), "clean"), "red"), []told{{"blocked", "clean", residency.NoRestrictedOwner}}},
		{"without a selector every further tenant counts", nil, onBehalfOf(deployment(namespace(), "clean"), "red"), []told{{"blocked", "clean", residency.RestrictedSeed}}},
		{"one that does not exist leaves something unknown", selects("clean"), onBehalfOf(deployment(namespace(), "clean"), "ghost"), []told{{"blocked", "clean", residency.TenantNotFound}}},
	} {
		p := newPolicy(t)
		if row.change != nil {
			row.change(p)
		}
		w := newWorld(t, p)
		for name, tenant := range w.Tenants.(residency.TenantMap) {
			tenant.Labels = map[string]string{"name": name}
		}
		if diff := cmp.Diff(row.want, tell(residency.Decide(w, row.object, noon))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	covers := func(name string, covered bool, err error) *residency.Policy {
		return newPolicy(t, func(p *residency.Policy) {
			p.Name, p.Covers = name, func(*residency.Object) (bool, error) { return covered, err }
		})
	}
	w := newWorld(t,
		covers("covers", true, nil), covers("does-not", false, nil), covers("fails", false, errors.New("broken")))
	want := []told{{"covers", "red", residency.RestrictedSeed}, {"fails", "red", residency.RestrictedSeed}}
	if diff := cmp.Diff(want, tell(residency.Decide(w, deployment(namespace(), "red"), noon))); diff != "" {
		t.Errorf("a policy applies to what it covers, and to what it cannot tell about (-want +got):\n%s", diff)
	}
	w.Concerns = func(o *residency.Object) bool { return o.Resource != "configmaps" }
	if got := residency.Decide(w, &residency.Object{Resource: "configmaps", Claims: claims("red", "clean")}, noon); len(got.Decisions) > 0 {
		t.Errorf("what admission is not about gets %v", got.Decisions)
	}
}

func TestStrictestActionWins(t *testing.T) {
	t.Parallel()
	if got := (residency.Answer{}).Action(); got != residency.Allow {
		t.Errorf("nothing decided: %s", got)
	}
	answer := residency.Answer{Decisions: []residency.Decision{
		{Action: residency.Allow}, {Action: residency.Warn}, {Action: residency.Audit},
	}}
	if got := answer.Action(); got != residency.Warn {
		t.Errorf("Allow, Warn and Audit make %s", got)
	}
}

func TestOwnersAddUp(t *testing.T) {
	t.Parallel()
	owner := residency.Owner{Party: ownership.Identifier{Scheme: "LEI", ID: "1"}}
	o := deployment(&residency.Namespace{Name: "apps", Claims: residency.Claims{Owners: []residency.Owner{owner}}}, "clean")
	got := residency.Decide(newWorld(t, newPolicy(t)), o, noon)
	want := []told{{"blocked", "clean", residency.PartyNotFound}}
	if diff := cmp.Diff(want, tell(got)); diff != "" {
		t.Errorf("an owner that the namespace names counts for all that is in it (-want +got):\n%s", diff)
	}
}
