package impact

import (
	"testing"
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/residency"
)

// as is a judgement in a few words; "" is none.
func as(text string) *judgement {
	p := &residency.Policy{Name: "p"}
	j := &judgement{policy: p}
	d := &j.decision
	switch text {
	case "":
		return nil
	case "clear":
		d.Verdict, d.Action = residency.Clear, residency.Allow
	case "audited":
		d.Verdict, d.Action = residency.Restricted, residency.Audit
	case "denied":
		d.Verdict, d.Action = residency.Restricted, residency.Deny
	case "suspended":
		d.Verdict, d.Action, p.Suspends = residency.Restricted, residency.Deny, true
	case "announced":
		d.Verdict, d.Action = residency.Restricted, residency.Deny
		j.notice = &report.Notice{Action: "Warn", Until: time.Unix(0, 0)}
	case "noticed":
		d.Verdict, d.Action, d.Then, d.EffectiveFrom = residency.Restricted, residency.Warn, residency.Deny, time.Unix(0, 0)
		j.notice = &report.Notice{Action: "Warn", Until: time.Unix(0, 0)}
	case "exempted":
		d.Verdict, d.Action, d.Exemptions = residency.Restricted, residency.Allow, []*residency.Exemption{{}}
	case "maybe exempted":
		d.Verdict, d.Action, d.Exemptions = residency.Indeterminate, residency.Allow, []*residency.Exemption{{}}
	case "unknown":
		d.Verdict, d.Action = residency.Indeterminate, residency.Warn
	case "nobody":
		d.Verdict, d.Action = residency.Unidentified, residency.Audit
	}
	j.state = stateOf(*d)
	return j
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		before, after string
		want          report.Change
	}{
		{"", "", report.StillClear},
		{"", "clear", report.StillClear},
		{"clear", "", report.StillClear},
		{"clear", "clear", report.StillClear},
		{"clear", "denied", report.NewlyRestricted},
		{"", "audited", report.NewlyRestricted},
		{"unknown", "denied", report.NewlyRestricted},
		{"nobody", "denied", report.NewlyRestricted},
		{"maybe exempted", "denied", report.NewlyRestricted},
		{"exempted", "denied", report.NoLongerExempted},
		{"maybe exempted", "unknown", report.NoLongerExempted},
		{"exempted", "unknown", report.NewlyIndeterminate},
		{"denied", "unknown", report.NewlyIndeterminate},
		{"clear", "unknown", report.NewlyIndeterminate},
		{"denied", "exempted", report.NewlyExempted},
		{"clear", "exempted", report.NewlyExempted},
		{"denied", "clear", report.NewlyClear},
		{"denied", "", report.NewlyClear},
		{"unknown", "clear", report.NewlyClear},
		{"exempted", "clear", report.NewlyClear},
		{"nobody", "clear", report.NewlyClear},
		{"audited", "denied", report.ActionChanged},
		{"denied", "announced", report.ActionChanged},
		{"denied", "suspended", report.ActionChanged},
		{"announced", "noticed", report.StillRestricted},
		{"denied", "denied", report.StillRestricted},
		{"unknown", "unknown", report.StillIndeterminate},
		{"exempted", "exempted", report.StillExempted},
	} {
		if got := changeOf(as(tc.before), as(tc.after)); got != tc.want {
			t.Errorf("%q becomes %q: %s, want %s", tc.before, tc.after, got, tc.want)
		}
	}
}

func TestTheGravestPolicyCounts(t *testing.T) {
	t.Parallel()
	order := []string{"", "clear", "exempted", "nobody", "unknown", "audited", "denied", "suspended"}
	for i, milder := range order {
		for _, graver := range order[i+1:] {
			if !as(graver).graver(as(milder)) || milder != "" && as(milder).graver(as(graver)) {
				t.Errorf("%q does not count more than %q", graver, milder)
			}
		}
	}
}

func TestNamespacesThatAdmissionIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	webhook := func(names ...any) any {
		return map[string]any{"namespaceSelector": map[string]any{"matchExpressions": []any{
			map[string]any{"key": "tenancy", "operator": "Exists"},
			map[string]any{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": names},
		}}}
	}
	for _, tc := range []struct {
		reason   string
		webhooks []any
		want     string
	}{
		{"both leave it out", []any{webhook("kube-system", "ours"), webhook("ours")}, "ours"},
		{"one does not", []any{webhook("ours"), map[string]any{}}, ""},
		{"there is none", nil, ""},
	} {
		got := leftOut(map[string]any{"webhooks": tc.webhooks})
		if tc.want == "" && len(got) > 0 || tc.want != "" && (len(got) != 1 || got[0] != tc.want) {
			t.Errorf("%s: %v, want %q", tc.reason, got, tc.want)
		}
	}
}
