package explain_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// decide judges a tenant whose customer is t.
func decide(t *testing.T, graph string, change func(*residency.Policy)) residency.Decision {
	t.Helper()
	tenant := &residency.Tenant{Name: "lantern", Links: []residency.Link{{Party: ownership.Ref{Key: "t"}}}}
	return residency.Evaluate(policy(t, change), graphtest.Build(t, graph), residency.Request{At: noon, Tenant: tenant})
}

func TestSentenceOfOwnership(t *testing.T) {
	t.Parallel()
	undisclosed := func(p *residency.Policy) { p.Rule.UndisclosedPossible = true }
	for _, row := range []struct {
		reason, graph string
		change        func(*residency.Policy)
		want          string
	}{
		{"an owner", "t:SG < 60 x:CN", nil, "t (HQ SG) is 60 % held from CN: x (HQ CN) 60 %"},
		{
			"two owners of two countries", "t:SG < 30 x:CN; t < 25 y:RU", nil,
			"t (HQ SG) is 55 % held from CN and RU: x (HQ CN) 30 %, y (HQ RU) 25 %",
		},
		{"a seed that is owned, too", "t:CN < 60 x:CN", nil, "t has its headquarters in CN, which is blocked"},
		{"a seed on two bases", "t:CN,RU", nil, "t has its headquarters in RU and is incorporated in CN, which is blocked"},
		{"a person", "t/person:CN", nil, "t is a national of CN, which is blocked"},
		{"a State", "t/state:CN", nil, "t is part of the state of CN, which is blocked"},
		{
			"owners that may hold nothing", "t:SG < 60 x:CN; t < [0,20] y:RU", nil,
			"t (HQ SG) is at least 60 % held from CN and RU: x (HQ CN) 60 %, y (HQ RU) up to 20 %",
		},
		{
			"only the owners that are certain", "t:SG < 60 x:CN; t < 20 a; a:HK < ? x", nil,
			"t (HQ SG) is 60 % held from CN: x (HQ CN) 60 %",
		},
		{"a bound", "t:SG < [51,60] x:CN", nil, "t (HQ SG) is at least 51 % held from CN: x (HQ CN) 51 % to 60 %"},
		{"an open bound", "t:SG < (50,60) x:CN", nil, "t (HQ SG) is more than 50 % held from CN: x (HQ CN) more than 50 % to less than 60 %"},
		{"less than", "t:SG < [0,60) x:CN", nil, "t (HQ SG) may be less than 60 % held from CN: x (HQ CN) less than 60 %"},
		{
			"shares that are told twice: those that count are named", "t:SG < 60 x:CN through:a; a:VG < 100 x; t < 30 a", nil,
			"t (HQ SG) is 60 % held from CN: x (HQ CN) 60 %",
		},
		{
			"a party of which the jurisdiction is not understood", "t:!Atlantis", nil,
			`t may be in a blocked jurisdiction: the headquarters "Atlantis" is not understood`,
		},
		{
			"a holder of which the jurisdiction is not understood", "t:SG < 60 h:!Atlantis", nil,
			`t (HQ SG) may be up to 60 % held from a jurisdiction that is not understood: h 60 %, of which the headquarters "Atlantis" is not understood`,
		},
		{
			"what is not understood is one line, whatever it is", "t:!A\u202eB", nil,
			`t may be in a blocked jurisdiction: the headquarters "AB" is not understood`,
		},
		{"votes", "t:SG < votes 60 x:CN", nil, "t (HQ SG) has 60 % of its votes held from CN: x (HQ CN) 60 %"},
		{"possible votes", "t:SG < votes ? x:CN", nil, "t (HQ SG) may have up to 100 % of its votes held from CN: x (HQ CN) an unknown share"},
		{
			"votes behind shares", "t:SG < 60 a; a:HK < votes 60 x:CN", nil,
			"t (HQ SG) is 60 % held from CN: a (HQ HK) 60 %, which has its votes held 60 % by x (HQ CN)",
		},
		{"control", "t:SG < control x:CN", nil, "t (HQ SG) is controlled, by other means than shares, from CN: x (HQ CN)"},
		{
			"possible control", "t:SG < control a; a:HK < ? x:CN", nil,
			"t (HQ SG) may be controlled, by other means than shares, from CN: a (HQ HK), which is held to an unknown extent by x (HQ CN)",
		},
		{
			"what is undisclosed", "t:SG < 45 x:CN; t < 30 ada/person:NL", undisclosed,
			"t (HQ SG) may be up to 70 % held from CN: x (HQ CN) 45 %, 25 % undisclosed",
		},
		{
			"nothing but the undisclosed", "t:SG", undisclosed,
			"t (HQ SG) may be up to 100 % held from owners who are not known: 100 % undisclosed",
		},
		{
			"a chain that is cut off", "t:SG < 60 a:HK; a < 60 b:HK; b < 60 c:HK; c < 60 d:HK; d < 60 e:HK; e < 60 f:HK; f < 60 g:HK; g < 60 x:CN", nil,
			"t (HQ SG) is 60 % held from CN: a (HQ HK) 60 %, which is held 60 % by b (HQ HK), which is held 60 % by c (HQ HK), which is held 60 % by d (HQ HK), which is held 60 % by e (HQ HK), which is held 60 % by f (HQ HK), and so on",
		},
	} {
		if diff := cmp.Diff(row.want, explain.Sentence(decide(t, row.graph, row.change))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestSentenceOfEveryReason(t *testing.T) {
	t.Parallel()
	cause := &residency.Cause{Label: "entity/lantern-sg"}
	for _, row := range []struct {
		decision residency.Decision
		want     string
	}{
		{residency.Decision{Reason: residency.TenantMismatch, Detail: "namespace apps is bound to tenant a"}, "namespace apps is bound to tenant a"},
		{residency.Decision{Reason: residency.TenantMismatch}, "it claims another tenant than its namespace is bound to, or several at once"},
		{residency.Decision{Reason: residency.TenantNotAuthorized, Tenant: "a"}, "tenant a may not be claimed in this namespace"},
		{residency.Decision{Reason: residency.BindNotAuthorized, Tenant: "a"}, "you may not bind anything to tenant a: that needs the verb bind on it"},
		{residency.Decision{Reason: residency.ClaimNotAuthorized, Tenant: "a"}, "you may not claim tenant a here: that needs the verb claim or bind on it"},
		{residency.Decision{Reason: residency.InvalidClaim}, "it has a claim that cannot be read"},
		{residency.Decision{Reason: residency.LimitExceeded}, "it has more claims, references or nesting than are read"},
		{residency.Decision{Reason: residency.ForeignAPIKey}, "it reads an API-key Secret of another tenant"},
		{residency.Decision{Reason: residency.PolicyInvalid, Detail: "spec.roles[0]: bad"}, "the policy cannot be read, so nothing can be told: spec.roles[0]: bad"},
		{residency.Decision{Reason: residency.NoTenant}, "nothing says which tenant this belongs to: annotate it or its namespace with domicile.dev/tenant"},
		{residency.Decision{Reason: residency.TenantNotFound, Tenant: "a", Verdict: residency.Unidentified}, "tenant a does not exist"},
		{residency.Decision{Reason: residency.NoRestrictedOwner, Tenant: "a"}, "no party of tenant a is in a blocked jurisdiction or traces to one"},
		{
			residency.Decision{Reason: residency.PartyNotFound, Tenant: "a", Findings: []residency.Finding{{Reason: residency.PartyNotFound, Tenant: "a", Role: residency.EndUser, Cause: cause}}},
			"nothing is known about LegalEntity lantern-sg, the end user: no LegalEntity or register declares it",
		},
		{
			residency.Decision{Reason: residency.JurisdictionUnknown, Tenant: "a", Findings: []residency.Finding{{Reason: residency.JurisdictionUnknown, Tenant: "b", Role: residency.Payer, Cause: cause}}},
			"no jurisdiction is known for LegalEntity lantern-sg, the payer of tenant b, on any basis that counts",
		},
		{
			residency.Decision{Reason: residency.NoParties, Tenant: "a", Findings: []residency.Finding{{Reason: residency.NoParties, Tenant: "a"}}},
			"tenant a names no party in a role that is traced",
		},
		{
			residency.Decision{Reason: residency.TenantNotFound, Tenant: "a", Findings: []residency.Finding{{Reason: residency.TenantNotFound, Tenant: "b"}, {Reason: residency.NoParties}}},
			"tenant b, on whose behalf this is, does not exist; and so for 1 more party",
		},
	} {
		if diff := cmp.Diff(row.want, explain.Sentence(row.decision)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.decision.Reason, diff)
		}
	}
}

func TestNamesAreHarmless(t *testing.T) {
	t.Parallel()
	names := []string{
		"Lantern\nGroup: admitted", "\x1b[31mred\x1b[0m", "a\u202egnp.exe", "zero\u200bwidth", "\x00", "", " \t ",
		strings.Repeat("long ", 500), "bad \xff utf-8", "\u009b31m", strings.Repeat("漢", 300),
	}
	for _, name := range names {
		d := decide(t, "t:SG < 60 a; a:HK < 60 b; b:HK < 60 x:CN", nil)
		var rename func(c *residency.Cause)
		rename = func(c *residency.Cause) {
			c.Name, c.Source = name, name
			for _, tally := range c.Tallies {
				for _, h := range tally.Holdings {
					rename(h.Holder)
				}
			}
		}
		rename(d.Findings[0].Cause)
		var text strings.Builder
		if err := explain.Text(&text, []residency.Decision{d}); err != nil {
			t.Fatal(err)
		}
		lines := append(strings.Split(text.String(), "\n"), explain.Path(d)...)
		for _, line := range append(lines, explain.Sentence(d)) {
			if !utf8.ValidString(line) || len(line) > 1200 {
				t.Errorf("name %q makes a line of %d bytes: %q", name, len(line), line)
			}
			for _, r := range line {
				if !unicode.IsGraphic(r) {
					t.Errorf("name %q puts %q into %q", name, r, line)
				}
			}
		}
		if s := explain.Sentence(d); len(s) > 640 {
			t.Errorf("name %q makes a sentence of %d bytes", name, len(s))
		}
	}
}

func TestPathsAreBounded(t *testing.T) {
	t.Parallel()
	paths := explain.Path(decide(t, huge(), nil))
	if len(paths) == 0 || len(paths) > 16 {
		t.Errorf("%d paths", len(paths))
	}
	for _, path := range paths {
		if len(path) > 512 {
			t.Errorf("a path of %d bytes", len(path))
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		reason, graph string
		change        func(*residency.Policy)
		want          []string
	}{
		{"the shortest first", "t:SG < 30 a; t < 30 x:CN; a:HK < 60 x", nil, []string{"x (HQ CN) > 30 % > t (HQ SG)", "x (HQ CN) > 60 % > a (HQ HK) > 30 % > t (HQ SG)"}},
		{"a party by itself", "t:CN", nil, []string{"t (HQ CN)"}},
		{"nothing to tell", "t:SG", nil, nil},
		{"a loop", "t:SG < 60 a; a:HK < 30 t; a < 60 x:CN", nil, []string{"x (HQ CN) > 60 % > a (HQ HK) > 60 % > t (HQ SG)", "… > t (HQ SG) > 30 % > a (HQ HK) > 60 % > t (HQ SG)"}},
		{
			"what is not known", "t:SG < 40 ?ghost; t < 60 ada/person:NL", func(p *residency.Policy) { p.Rule.UndisclosedPossible, p.Rule.Threshold = true, 1 },
			[]string{"ghost: about which nothing is known > 40 % > t (HQ SG)"},
		},
	} {
		if diff := cmp.Diff(row.want, explain.Path(decide(t, row.graph, row.change))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	if got, want := explain.Command(decide(t, "t:CN", nil)), "kubectl domicile explain tenant/lantern --policy blocked"; got != want {
		t.Errorf("Command = %q, want %q", got, want)
	}
	for _, d := range []residency.Decision{
		{Reason: residency.TenantMismatch, Tenant: "lantern"},
		{Policy: "blocked", Reason: residency.NoTenant, Verdict: residency.Unidentified},
		{Policy: "blocked", Tenant: "ghost", Reason: residency.TenantNotFound, Verdict: residency.Unidentified},
	} {
		if got := explain.Command(d); got != "" {
			t.Errorf("%s: Command = %q, but there is nothing to explain", d.Reason, got)
		}
	}
}

func TestTextTellsTheNoticePeriod(t *testing.T) {
	t.Parallel()
	d := decide(t, "t:CN", func(p *residency.Policy) {
		p.EffectiveFrom, p.BeforeEffective = time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC), residency.Warn
	})
	var text strings.Builder
	if err := explain.Text(&text, []residency.Decision{d}); err != nil {
		t.Fatal(err)
	}
	if want := "In a notice period: from 2026-09-01T00:00:00Z on Deny."; !strings.Contains(text.String(), want) {
		t.Errorf("%q does not say %q", text.String(), want)
	}
}

func TestBriefTellsNothingOfOwners(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		reason string
		d      residency.Decision
		want   string
	}{
		{"who owns a tenant, and where, is left out", decide(t, "t:SG < 75 k:CN", nil), "the verdict is Restricted (RestrictedOwner)"},
		{"what is wrong with the request itself is not", residency.Decision{Reason: residency.TenantMismatch, Tenant: "lantern"}, explain.Sentence(residency.Decision{Reason: residency.TenantMismatch, Tenant: "lantern"})},
		{"who says of nobody what it is has to know what to do", residency.Decision{Policy: "blocked", Reason: residency.NoTenant}, explain.Sentence(residency.Decision{Policy: "blocked", Reason: residency.NoTenant})},
	} {
		if got := explain.Brief(row.d); got != row.want {
			t.Errorf("%s: %q, want %q", row.reason, got, row.want)
		}
	}
}
