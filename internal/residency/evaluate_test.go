package residency_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

const graph = `
	seed:CN
	held:SG < 60 seed
	maybe:SG < (25,75] seed
	quiet
	quietheld < 60 seed
	clean:NL
	half:SG < 50 ?ghost
	isle:SG,!Atlantis
	oldland:!Old|CN|SG
	oldelsewhere:!Old|SG|NL
	islesheld:SG < 60 isle
	islesless:SG < 50 isle
	both:SG < 30 isle; both < (25,50] seed
`

// answer is what a row expects of a Decision.
type answer struct {
	Verdict residency.Verdict
	Reason  residency.Reason
	Action  residency.Action
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	undisclosed := func(p *residency.Policy) { p.Rule.UndisclosedPossible = true }
	restrictedWarns := func(p *residency.Policy) { p.Restricted, p.Indeterminate = residency.Warn, residency.Deny }
	owner := ownership.Ref{Key: "seed"}
	for _, row := range []struct {
		name, reason string
		change       func(*residency.Policy)
		request      residency.Request
		want         answer
	}{
		{
			name: "seed", reason: "a party that sits in a blocked jurisdiction",
			request: residency.Request{Tenant: newTenant("t", "seed")},
			want:    answer{residency.Restricted, residency.RestrictedSeed, residency.Deny},
		},
		{
			name: "held", reason: "a party that the rule traces to a seed",
			request: residency.Request{Tenant: newTenant("t", "held")},
			want:    answer{residency.Restricted, residency.RestrictedOwner, residency.Deny},
		},
		{
			name: "maybe", reason: "not enough is known of how much is held",
			request: residency.Request{Tenant: newTenant("t", "maybe")},
			want:    answer{residency.Indeterminate, residency.PossiblyRestricted, residency.Warn},
		},
		{
			name: "quiet", reason: "nobody knows where the party sits",
			request: residency.Request{Tenant: newTenant("t", "quiet")},
			want:    answer{residency.Indeterminate, residency.JurisdictionUnknown, residency.Warn},
		},
		{
			name: "quiet and undisclosed", reason: "being possibly anything is still for want of a jurisdiction",
			change:  undisclosed,
			request: residency.Request{Tenant: newTenant("t", "quiet")},
			want:    answer{residency.Indeterminate, residency.JurisdictionUnknown, residency.Warn},
		},
		{
			name: "not understood", reason: "a jurisdiction that is not understood may be blocked, whatever else is known",
			request: residency.Request{Tenant: newTenant("t", "isle")},
			want:    answer{residency.Indeterminate, residency.JurisdictionNotUnderstood, residency.Warn},
		},
		{
			name: "dissolved", reason: "a successor of a country is blocked",
			request: residency.Request{Tenant: newTenant("t", "oldland")},
			want:    answer{residency.Indeterminate, residency.JurisdictionNotUnderstood, residency.Warn},
		},
		{
			name: "dissolved elsewhere", reason: "no successor of a country is blocked",
			request: residency.Request{Tenant: newTenant("t", "oldelsewhere")},
			want:    answer{residency.Clear, residency.NoRestrictedOwner, residency.Allow},
		},
		{
			name: "held by not understood", reason: "who may be blocked may restrict what it holds, whatever undisclosed says",
			request: residency.Request{Tenant: newTenant("t", "islesheld")},
			want:    answer{residency.Indeterminate, residency.JurisdictionNotUnderstood, residency.Warn},
		},
		{
			name: "held by not understood, too little", reason: "exactly half does not restrict",
			request: residency.Request{Tenant: newTenant("t", "islesless")},
			want:    answer{residency.Clear, residency.NoRestrictedOwner, residency.Allow},
		},
		{
			name: "not understood and blocked", reason: "only both together may restrict",
			request: residency.Request{Tenant: newTenant("t", "both")},
			want:    answer{residency.Indeterminate, residency.JurisdictionNotUnderstood, residency.Warn},
		},
		{
			name: "quiet but held", reason: "owners restrict whoever they own, wherever it sits",
			request: residency.Request{Tenant: newTenant("t", "quietheld")},
			want:    answer{residency.Restricted, residency.RestrictedOwner, residency.Deny},
		},
		{
			name: "not loaded", reason: "others refer to the party, but nothing declares it",
			request: residency.Request{Tenant: newTenant("t", "ghost")},
			want:    answer{residency.Indeterminate, residency.PartyNotFound, residency.Warn},
		},
		{
			name: "not found", reason: "nobody even refers to the party",
			request: residency.Request{Tenant: newTenant("t", "nowhere")},
			want:    answer{residency.Indeterminate, residency.PartyNotFound, residency.Warn},
		},
		{
			name: "no parties", reason: "a tenant that says nothing is not clear",
			request: residency.Request{Tenant: newTenant("t")},
			want:    answer{residency.Indeterminate, residency.NoParties, residency.Warn},
		},
		{
			name: "clear", reason: "everybody is known and nobody is restricted",
			request: residency.Request{Tenant: newTenant("t", "clean")},
			want:    answer{residency.Clear, residency.NoRestrictedOwner, residency.Allow},
		},
		{
			name: "gravest first", reason: "one restricted party decides, wherever it stands",
			request: residency.Request{Tenant: newTenant("t", "clean", "quiet", "maybe", "held", "seed")},
			want:    answer{residency.Restricted, residency.RestrictedSeed, residency.Deny},
		},
		{
			name: "nobody", reason: "nothing says whose the object is",
			want: answer{residency.Unidentified, residency.NoTenant, residency.Audit},
		},
		{
			name: "claimed", reason: "the tenant that is claimed does not exist",
			request: residency.Request{Claimed: "ghost"},
			want:    answer{residency.Unidentified, residency.TenantNotFound, residency.Deny},
		},
		{
			name: "claimed, warned", reason: "a policy says what that gets",
			change:  func(p *residency.Policy) { p.TenantNotFound = residency.Warn },
			request: residency.Request{Claimed: "ghost", TenantNamespace: "ours"},
			want:    answer{residency.Unidentified, residency.TenantNotFound, residency.Warn},
		},
		{
			name: "nobody in a tenant's namespace", reason: "whoever is a tenant's neighbour says whose the object is",
			request: residency.Request{TenantNamespace: "ours"},
			want:    answer{residency.Unidentified, residency.NoTenant, residency.Deny},
		},
		{
			name: "nobody in a tenant's namespace, allowed", reason: "it takes the place of unidentified",
			change: func(p *residency.Policy) {
				p.Unidentified, p.UnidentifiedInTenantNamespaces = residency.Deny, residency.Allow
			},
			request: residency.Request{TenantNamespace: "ours"},
			want:    answer{residency.Unidentified, residency.NoTenant, residency.Allow},
		},
		{
			name: "restricted owner of nobody's", reason: "a restricted owner needs no tenant",
			request: residency.Request{Owners: []ownership.Ref{owner}},
			want:    answer{residency.Restricted, residency.RestrictedSeed, residency.Deny},
		},
		{
			name: "unknown owner of nobody's", reason: "Warn for Indeterminate is stricter than Audit for Unidentified",
			request: residency.Request{Owners: []ownership.Ref{{Key: "nowhere"}}},
			want:    answer{residency.Indeterminate, residency.PartyNotFound, residency.Warn},
		},
		{
			name: "unknown owner of nobody's, unidentified stricter", reason: "Deny for Unidentified is stricter than Warn for Indeterminate",
			change:  func(p *residency.Policy) { p.Unidentified = residency.Deny },
			request: residency.Request{Owners: []ownership.Ref{{Key: "nowhere"}}},
			want:    answer{residency.Unidentified, residency.NoTenant, residency.Deny},
		},
		{
			name: "same actions", reason: "with equal actions it stays Unidentified",
			change:  func(p *residency.Policy) { p.Unidentified = residency.Warn },
			request: residency.Request{Owners: []ownership.Ref{{Key: "nowhere"}}},
			want:    answer{residency.Unidentified, residency.NoTenant, residency.Warn},
		},
		{
			name: "restricted is not milder", reason: "a policy that denies what it does not know, and only warns of what it knows, is not softened by naming a restricted owner",
			change:  restrictedWarns,
			request: residency.Request{Tenant: newTenant("t", "quiet"), Owners: []ownership.Ref{owner}},
			want:    answer{residency.Restricted, residency.RestrictedSeed, residency.Deny},
		},
		{
			name: "invalid", reason: "a policy that cannot be read knows nothing",
			change:  func(p *residency.Policy) { p.Invalid = "spec: broken" },
			request: residency.Request{Tenant: newTenant("t", "clean")},
			want:    answer{residency.Indeterminate, residency.PolicyInvalid, residency.Warn},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := newPolicy(t)
			if row.change != nil {
				row.change(p)
			}
			row.request.At = noon
			d := residency.Evaluate(p, graphtest.Build(t, graph), row.request)
			if diff := cmp.Diff(row.want, answer{d.Verdict, d.Reason, d.Action}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestEveryFindingIsTold(t *testing.T) {
	t.Parallel()
	tenant := newTenant("t", "clean", "quiet", "maybe", "held")
	tenant.Links = append(tenant.Links, residency.Link{Role: residency.Reseller, Party: ownership.Ref{Key: "seed"}})
	d := residency.Evaluate(newPolicy(t), graphtest.Build(t, graph), residency.Request{At: noon, Tenant: tenant})
	var got []residency.Reason
	for _, f := range d.Findings {
		got = append(got, f.Reason)
	}
	want := []residency.Reason{
		residency.RestrictedSeed, residency.RestrictedOwner, residency.PossiblyRestricted, residency.JurisdictionUnknown,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings, the gravest first and without those that are clear (-want +got):\n%s", diff)
	}
}

func TestNoticePeriod(t *testing.T) {
	t.Parallel()
	effective := time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)
	type notice struct {
		Action, Then residency.Action
		From         time.Time
	}
	for _, row := range []struct {
		reason             string
		restricted, before residency.Action
		at                 time.Time
		want               notice
	}{
		{"until it ends the milder action applies", residency.Deny, residency.Warn, effective.Add(-time.Nanosecond), notice{residency.Warn, residency.Deny, effective}},
		{"at its end the action applies", residency.Deny, residency.Warn, effective, notice{Action: residency.Deny}},
		{"it makes nothing stricter", residency.Audit, residency.Warn, effective.Add(-time.Hour), notice{Action: residency.Audit}},
		{"it may be without any effect on requests", residency.Warn, residency.Allow, effective.Add(-time.Hour), notice{residency.Allow, residency.Warn, effective}},
	} {
		p := newPolicy(t, func(p *residency.Policy) {
			p.Restricted, p.BeforeEffective, p.EffectiveFrom = row.restricted, row.before, effective
		})
		d := residency.Evaluate(p, graphtest.Build(t, graph), residency.Request{At: row.at, Tenant: newTenant("t", "seed")})
		got := notice{d.Action, d.Then, d.EffectiveFrom}
		if d.EffectiveFrom.IsZero() {
			got.Then = residency.Deny
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestStateCountsOnEveryBasis(t *testing.T) {
	t.Parallel()
	g := graphtest.Build(t, "t:SG < 60 state:CN; u:SG < 60 x:CN")
	for basis := range 4 {
		p := newPolicy(t, func(p *residency.Policy) { p.Bases = [4]bool{}; p.Bases[basis] = true })
		d := residency.Evaluate(p, g, residency.Request{At: noon, Tenant: newTenant("t", "t")})
		if d.Verdict != residency.Restricted {
			t.Errorf("basis %s: what a State owns is %s", residency.Basis(basis), d.Verdict)
		}
		d = residency.Evaluate(p, g, residency.Request{At: noon, Tenant: newTenant("t", "u")})
		if restricted := d.Verdict == residency.Restricted; restricted != (residency.Basis(basis) == residency.Headquarters) {
			t.Errorf("basis %s: what a company with headquarters in CN owns is %s", residency.Basis(basis), d.Verdict)
		}
	}
}

func TestPoliciesWithOneRuleShareAnOutcome(t *testing.T) {
	t.Parallel()
	g := graphtest.Build(t, graph)
	other := newPolicy(t, func(p *residency.Policy) {
		set, err := jurisdiction.NewSet([]jurisdiction.Code{"NL"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		p.Jurisdictions = set
	})
	request := residency.Request{At: noon, Tenant: newTenant("t", "clean")}
	for range 2 { // the second time from memory
		if v := residency.Evaluate(newPolicy(t), g, request).Verdict; v != residency.Clear {
			t.Errorf("clean against CN and RU: %s", v)
		}
		if v := residency.Evaluate(other, g, request).Verdict; v != residency.Restricted {
			t.Errorf("clean against NL: %s: policies with other jurisdictions must not share an outcome", v)
		}
	}
}
