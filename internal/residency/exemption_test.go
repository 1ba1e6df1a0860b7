package residency_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// exempting gives a policy exemptions, by tenant.
func exempting(exemptions ...*residency.Exemption) func(*residency.Policy) {
	return func(p *residency.Policy) {
		p.Exemptions = map[string][]*residency.Exemption{}
		for _, e := range exemptions {
			p.Exemptions[e.Tenant] = append(p.Exemptions[e.Tenant], e)
		}
	}
}

func waiver(name, tenant string, until time.Time) *residency.Exemption {
	return &residency.Exemption{Name: name, Tenant: tenant, Reference: "L-1", ExpiresAt: until}
}

// exempted is what a row expects of a Decision.
type exempted struct {
	answer
	By []string
	// Counts and Aside are the reasons of the findings that do and don't count.
	Counts, Aside []residency.Reason
}

func exemptedOf(d residency.Decision) exempted {
	got := exempted{answer: answer{d.Verdict, d.Reason, d.Action}}
	for _, e := range d.Exemptions {
		got.By = append(got.By, e.Name)
	}
	for _, f := range d.Findings {
		if f.Exempted != nil {
			got.Aside = append(got.Aside, f.Reason)
		} else {
			got.Counts = append(got.Counts, f.Reason)
		}
	}
	return got
}

func TestExemption(t *testing.T) {
	t.Parallel()
	later := noon.Add(time.Hour)
	red := &residency.Tenant{Name: "red", Links: newTenant("", "seed", "maybe", "clean").Links}
	red.Links[1].Role = residency.Reseller
	blue, vague, empty := newTenant("blue", "held"), newTenant("vague", "maybe"), newTenant("empty")
	onBehalf := func(tenants ...*residency.Tenant) (named []residency.NamedTenant) {
		for _, tenant := range tenants {
			named = append(named, residency.NamedTenant{Name: tenant.Name, Tenant: tenant})
		}
		return named
	}
	seed, owner, maybe := residency.RestrictedSeed, residency.RestrictedOwner, residency.PossiblyRestricted
	reasons := func(r ...residency.Reason) []residency.Reason { return r }
	for _, row := range []struct {
		name, reason string
		change       func(*residency.Policy)
		request      residency.Request
		want         exempted
	}{
		{
			"every role", "all that is found out about the tenant's own parties is set aside, and the verdict is told all the same",
			exempting(waiver("e", "red", later)), residency.Request{Tenant: red},
			exempted{answer{residency.Restricted, seed, residency.Allow}, []string{"e"}, nil, reasons(seed, maybe)},
		},
		{
			"of another tenant", "an exemption is for one tenant",
			exempting(waiver("e", "blue", later)), residency.Request{Tenant: red},
			exempted{answer{residency.Restricted, seed, residency.Deny}, nil, reasons(seed, maybe), nil},
		},
		{
			"expired", "at the second at which it expires it has no effect",
			exempting(waiver("e", "red", noon)), residency.Request{Tenant: red},
			exempted{answer{residency.Restricted, seed, residency.Deny}, nil, reasons(seed, maybe), nil},
		},
		{
			"the last instant", "until then it has",
			exempting(waiver("e", "red", noon.Add(1))), residency.Request{Tenant: red},
			exempted{answer{residency.Restricted, seed, residency.Allow}, []string{"e"}, nil, reasons(seed, maybe)},
		},
		{
			"indeterminate", "not knowing is set aside as well",
			exempting(waiver("e", "vague", later)), residency.Request{Tenant: vague},
			exempted{answer{residency.Indeterminate, maybe, residency.Allow}, []string{"e"}, nil, reasons(maybe)},
		},
		{
			"no parties", "that a tenant has no party to trace is found out about it, too",
			exempting(waiver("e", "empty", later)), residency.Request{Tenant: empty},
			exempted{answer{residency.Indeterminate, residency.NoParties, residency.Allow}, []string{"e"}, nil, reasons(residency.NoParties)},
		},
		{
			"on behalf of one who is not", "each tenant needs its own",
			exempting(waiver("e", "red", later)), residency.Request{Tenant: red, OnBehalfOf: onBehalf(blue)},
			exempted{answer{residency.Restricted, owner, residency.Deny}, []string{"e"}, reasons(owner), reasons(seed, maybe)},
		},
		{
			"on behalf of one who is", "the exemption of the other says nothing about the tenant itself",
			exempting(waiver("e", "blue", later)), residency.Request{Tenant: red, OnBehalfOf: onBehalf(blue)},
			exempted{answer{residency.Restricted, seed, residency.Deny}, []string{"e"}, reasons(seed, maybe), reasons(owner)},
		},
		{
			"both", "each is covered by its own, in the order of the findings",
			exempting(waiver("b", "blue", later), waiver("r", "red", later)), residency.Request{Tenant: red, OnBehalfOf: onBehalf(blue)},
			exempted{answer{residency.Restricted, seed, residency.Allow}, []string{"r", "b"}, nil, reasons(seed, owner, maybe)},
		},
		{
			"something milder counts", "the verdict is the one that counts",
			exempting(waiver("e", "red", later)), residency.Request{Tenant: red, OnBehalfOf: onBehalf(vague)},
			exempted{answer{residency.Indeterminate, maybe, residency.Warn}, []string{"e"}, reasons(maybe), reasons(seed, maybe)},
		},
		{
			"an owner annotation", "an object adds it, and nobody has exempted it",
			exempting(waiver("e", "red", later), waiver("none", "", later)),
			residency.Request{Tenant: red, Owners: []ownership.Ref{{Key: "held"}}},
			exempted{answer{residency.Restricted, owner, residency.Deny}, []string{"e"}, reasons(owner), reasons(seed, maybe)},
		},
		{
			"on behalf of nobody", "of a tenant that does not exist nothing is known that could be set aside",
			exempting(waiver("e", "ghost", later)), residency.Request{Tenant: blueClean, OnBehalfOf: []residency.NamedTenant{{Name: "ghost"}}},
			exempted{answer{residency.Indeterminate, residency.TenantNotFound, residency.Deny}, nil, reasons(residency.TenantNotFound), nil},
		},
		{
			"nobody", "whoever claims a tenant that does not exist is not exempted",
			func(p *residency.Policy) {
				exempting(waiver("e", "ghost", later))(p)
				p.TenantNotFound = residency.Deny
			}, residency.Request{Claimed: "ghost"},
			exempted{answer: answer{residency.Unidentified, residency.TenantNotFound, residency.Deny}},
		},
		{
			"unidentified, for one who is", "that nothing says whose it is counts",
			exempting(waiver("e", "blue", later)), residency.Request{OnBehalfOf: onBehalf(blue)},
			exempted{answer{residency.Unidentified, residency.NoTenant, residency.Audit}, []string{"e"}, nil, reasons(owner)},
		},
		{
			"an invalid policy", "nobody knows what it would have been exempted from",
			func(p *residency.Policy) { exempting(waiver("e", "red", later))(p); p.Invalid = "bad" }, residency.Request{Tenant: red},
			exempted{answer: answer{residency.Indeterminate, residency.PolicyInvalid, residency.Warn}},
		},
		{
			"clear", "where there is nothing to set aside, no exemption is named",
			exempting(waiver("e", "clean", later)), residency.Request{Tenant: newTenant("clean", "clean")},
			exempted{answer: answer{residency.Clear, residency.NoRestrictedOwner, residency.Allow}},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.request.At = noon
			got := exemptedOf(residency.Evaluate(newPolicy(t, row.change), graphtest.Build(t, graph), row.request))
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(exempted{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

var blueClean = newTenant("blue", "clean")

func TestTheExemptionThatHoldsLongestIsTheOne(t *testing.T) {
	t.Parallel()
	p := newPolicy(t, exempting(
		waiver("c", "red", noon.Add(2*time.Hour)), waiver("a", "red", noon.Add(time.Hour)), waiver("d", "red", noon.Add(3*time.Hour)),
		waiver("b", "red", noon.Add(3*time.Hour)), waiver("z", "blue", noon.AddDate(1, 0, 0)),
	))
	for _, row := range []struct {
		reason, tenant string
		at             time.Time
		want           string
	}{
		{"of those that hold longest, the first by name", "red", noon, "b"},
		{"that the others expire changes nothing", "red", noon.Add(2 * time.Hour), "b"},
		{"the last instant", "red", noon.Add(3*time.Hour - 1), "b"},
		{"all have expired", "red", noon.Add(3 * time.Hour), ""},
		{"another tenant has its own", "blue", noon.Add(3 * time.Hour), "z"},
		{"and a third one none", "green", noon, ""},
	} {
		got := ""
		if e := p.Exemption(row.tenant, row.at); e != nil {
			got = e.Name
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.reason, got, row.want)
		}
	}
}

// TestAnExemptionInANoticePeriod holds that what an exemption sets aside is not
// announced, and that what it does not cover is.
func TestAnExemptionInANoticePeriod(t *testing.T) {
	t.Parallel()
	announced := func(p *residency.Policy) {
		p.EffectiveFrom, p.BeforeEffective = noon.Add(time.Hour), residency.Warn
		exempting(waiver("e", "red", noon.Add(2*time.Hour)))(p)
	}
	red, blue := newTenant("red", "seed"), newTenant("blue", "seed")
	type notice struct {
		Action, Then residency.Action
		Announced    bool
	}
	for _, row := range []struct {
		reason  string
		at      time.Time
		request residency.Request
		want    notice
	}{
		{"exempted in the notice period", noon, residency.Request{Tenant: red}, notice{Action: residency.Allow}},
		{"exempted after it", noon.Add(time.Hour), residency.Request{Tenant: red}, notice{Action: residency.Allow}},
		{"and no longer exempted", noon.Add(2 * time.Hour), residency.Request{Tenant: red}, notice{Action: residency.Deny}},
		{"not exempted in the notice period", noon, residency.Request{Tenant: blue}, notice{residency.Warn, residency.Deny, true}},
		{
			"for somebody who is not", noon, residency.Request{Tenant: red, OnBehalfOf: []residency.NamedTenant{{Name: "blue", Tenant: blue}}},
			notice{residency.Warn, residency.Deny, true},
		},
	} {
		row.request.At = row.at
		d := residency.Evaluate(newPolicy(t, announced), graphtest.Build(t, graph), row.request)
		if got := (notice{d.Action, d.Then, !d.EffectiveFrom.IsZero()}); got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.reason, got, row.want)
		}
	}
}

// TestExplainTellsClearPartiesLast holds the order of the findings: those that
// count, those that don't, those that are clear.
func TestExplainTellsClearPartiesLast(t *testing.T) {
	t.Parallel()
	p := newPolicy(t, exempting(waiver("e", "red", noon.Add(time.Hour))))
	request := residency.Request{
		At: noon, Tenant: newTenant("red", "clean", "seed"),
		OnBehalfOf: []residency.NamedTenant{{Name: "vague", Tenant: newTenant("vague", "clean", "maybe")}},
	}
	d := residency.Explain(p, graphtest.Build(t, graph), request, residency.ExplainLimits)
	var got []residency.Reason
	for _, f := range d.Findings {
		got = append(got, f.Reason)
	}
	want := []residency.Reason{
		residency.PossiblyRestricted, residency.RestrictedSeed, residency.NoRestrictedOwner, residency.NoRestrictedOwner,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if (exemptedOf(d).answer != answer{residency.Indeterminate, residency.PossiblyRestricted, residency.Warn}) {
		t.Errorf("got %v", exemptedOf(d))
	}
}
