package explain_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// waivers give a policy exemptions until noon of the next day.
func waivers(tenants ...string) func(*residency.Policy) {
	return func(p *residency.Policy) {
		p.Exemptions = map[string][]*residency.Exemption{}
		for _, tenant := range tenants {
			p.Exemptions[tenant] = []*residency.Exemption{{
				Name: tenant + "-licence", Tenant: tenant, Reference: "L-1", ExpiresAt: noon.AddDate(0, 0, 1).In(time.FixedZone("CEST", 7200)),
			}}
		}
	}
}

func TestSentenceAndPathOfExemptions(t *testing.T) {
	t.Parallel()
	graph := `t:SG < 60 x:CN; h:CN; t < 40 n:NL; v:SG < (40,60] x`
	tenant := func(name string, parties ...string) *residency.Tenant {
		out := &residency.Tenant{Name: name}
		for _, party := range parties {
			out.Links = append(out.Links, residency.Link{Party: ownership.Ref{Key: party}})
		}
		return out
	}
	harbour := residency.NamedTenant{Name: "harbour", Tenant: tenant("harbour", "h")}
	for _, row := range []struct {
		reason   string
		exempted []string
		request  residency.Request
		want     string
		path     []string
	}{
		{
			"the verdict, and that it does not count", []string{"lantern"}, residency.Request{Tenant: tenant("lantern", "t")},
			"t (HQ SG) is 60 % held from CN: x (HQ CN) 60 %; tenant lantern is exempted until 2026-07-02T12:00:00Z by lantern-licence (L-1)",
			[]string{"x (HQ CN) > 60 % > t (HQ SG)"},
		},
		{
			"others to whom the same applies", []string{"lantern"}, residency.Request{Tenant: tenant("lantern", "h", "t")},
			"h has its headquarters in CN, which is blocked; and so for 1 more party; tenant lantern is exempted until 2026-07-02T12:00:00Z by lantern-licence (L-1)",
			[]string{"h (HQ CN)", "x (HQ CN) > 60 % > t (HQ SG)"},
		},
		{
			"what counts comes first, and alone makes the path", []string{"lantern"},
			residency.Request{Tenant: tenant("lantern", "t"), OnBehalfOf: []residency.NamedTenant{harbour}},
			"h, the customer of tenant harbour, has its headquarters in CN, which is blocked; tenant lantern is exempted until 2026-07-02T12:00:00Z by lantern-licence (L-1)",
			[]string{"h (HQ CN)"},
		},
		{
			"also when the other way about is graver", []string{"harbour"},
			residency.Request{Tenant: tenant("lantern", "v"), OnBehalfOf: []residency.NamedTenant{harbour}},
			"v (HQ SG) may be up to 60 % held from CN: x (HQ CN) more than 40 % to 60 %; tenant harbour is exempted until 2026-07-02T12:00:00Z by harbour-licence (L-1)",
			[]string{"x (HQ CN) > more than 40 % to 60 % > v (HQ SG)"},
		},
		{
			"each exemption is named", []string{"lantern", "harbour"},
			residency.Request{Tenant: tenant("lantern", "t"), OnBehalfOf: []residency.NamedTenant{harbour}},
			"h, the customer of tenant harbour, has its headquarters in CN, which is blocked; and so for 1 more party" +
				"; tenant harbour is exempted until 2026-07-02T12:00:00Z by harbour-licence (L-1); tenant lantern is exempted until 2026-07-02T12:00:00Z by lantern-licence (L-1)",
			[]string{"h (HQ CN)", "x (HQ CN) > 60 % > t (HQ SG)"},
		},
	} {
		row.request.At = noon
		d := residency.Evaluate(policy(t, waivers(row.exempted...)), graphtest.Build(t, graph), row.request)
		if diff := cmp.Diff(row.want, explain.Sentence(d)); diff != "" {
			t.Errorf("%s: sentence (-want +got):\n%s", row.reason, diff)
		}
		if diff := cmp.Diff(row.path, explain.Path(d)); diff != "" {
			t.Errorf("%s: path (-want +got):\n%s", row.reason, diff)
		}
	}
}

// TestSentencesOfExemptionsAreBoundedAndPrintable holds that neither many nor
// long nor hostile ones make a sentence anything else than a line.
func TestSentencesOfExemptionsAreBoundedAndPrintable(t *testing.T) {
	t.Parallel()
	long := &residency.Exemption{
		Name: strings.Repeat("n", 253), Tenant: strings.Repeat("t", 253), ExpiresAt: noon,
		Reference: "L\n\u202e\x1b[2J" + strings.Repeat("株", 400),
	}
	d := residency.Decision{Tenant: "lantern", Verdict: residency.Restricted, Reason: residency.RestrictedSeed}
	for n := range 6 {
		got := explain.Sentence(d)
		if len(got) > 640 || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%d exemptions: %d bytes: %q", n, len(got), got)
		}
		d.Exemptions = append(d.Exemptions, long)
	}
	short := &residency.Exemption{Name: "e", Tenant: "t", Reference: "L", ExpiresAt: noon}
	d.Exemptions = []*residency.Exemption{short, short, short, short}
	if got := explain.Sentence(d); !strings.HasSuffix(got, "by e (L) and 2 more") || strings.Count(got, "exempted") != 2 {
		t.Errorf("of four exemptions two are named: %q", got)
	}
	d.Exemptions = []*residency.Exemption{short}
	d.Reason, d.Detail = residency.PolicyInvalid, strings.Repeat("x", 2000)
	if got := explain.Sentence(d); len(got) > 640 || !strings.HasSuffix(got, "; tenant t is exempted until 2026-07-01T12:00:00Z by e (L)") {
		t.Errorf("a long sentence hides the exemption: %q", got)
	}
}
