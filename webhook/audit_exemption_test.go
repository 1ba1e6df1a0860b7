package webhook

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

// TestAnExemptedAdmissionIsNamedAndCounted holds that an exemption is in the
// audit annotations and in the metric as long as it has an effect, and no longer.
func TestAnExemptedAdmissionIsNamedAndCounted(t *testing.T) {
	c := newCluster(t)
	c.holder = &snapshot.Holder{}
	c.holder.Store(snapshottest.Compile(snapshottest.Inputs{
		Policies: parse[v1alpha1.TenantPolicy](t, policyManifest), Tenants: parse[v1alpha1.Tenant](t, lanternManifest, meridianManifest),
		Entities: parse[v1alpha1.LegalEntity](t, entityManifests...), Exemptions: parse[v1alpha1.TenantExemption](t, licence),
	}))
	const (
		key       = "domicile_admission_exempted_total action="
		restricts = "no-kp/lantern-sg/Restricted/RestrictedOwner/"
	)
	lantern := podsOfCore + "\nnamespace: lantern\nobject: " + pod("", "")
	for name, tc := range map[string]struct {
		reason, request string
		at              time.Time
		names           string
		decisions       string
		counted         map[string]float64
	}{
		"exempted":  {"it is admitted because of the exemption", lantern, now, "licence", restricts + "Allow", map[string]float64{key + "Allow operation=CREATE": 1}},
		"expired":   {"from that second on there is none", lantern, now.Add(time.Second), "", restricts + "Deny", map[string]float64{}},
		"clear":     {"there is nothing to exempt", podsOfCore + "\nnamespace: meridian\nobject: " + pod("", ""), now, "", "no-kp/meridian/Clear/NoRestrictedOwner/Allow", map[string]float64{}},
		"no growth": {"no verdict was needed", podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + pod("", "") + "\nobject: " + pod("", ""), now, "", "", map[string]float64{}},
	} {
		t.Run(name, func(t *testing.T) {
			h := c.handler(t)
			h.dependencies.Clock = func() time.Time { return tc.at }
			registry := prometheus.NewRegistry()
			m, err := newMetrics(registry)
			if err != nil {
				t.Fatal(err)
			}
			h.metrics = m
			_, got := serve(t, h).post(t, WorkloadPath, "application/json", bytes.NewReader(reviewOf(t, tc.request)))
			if named, ok := got.AuditAnnotations[auditExemption]; named != tc.names || ok != (tc.names != "") {
				t.Errorf("%s: exemptions %q (%t), want %q", tc.reason, named, ok, tc.names)
			}
			if decisions := got.AuditAnnotations[auditDecisions]; decisions != tc.decisions {
				t.Errorf("%s: decisions %q, want %q", tc.reason, decisions, tc.decisions)
			}
			all := counted(t, registry)
			for name := range all {
				if !strings.HasPrefix(name, "domicile_admission_exempted_total") {
					delete(all, name)
				}
			}
			if diff := cmp.Diff(tc.counted, all); diff != "" {
				t.Errorf("%s: counted (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestTheListOfExemptionsIsBoundedAndSaysEachOnce(t *testing.T) {
	var decisions []residency.Decision
	for i := range 60 {
		e := &residency.Exemption{Name: fmt.Sprintf("%s-%02d", strings.Repeat("x", 200), i/2)}
		decisions = append(decisions, residency.Decision{Exemptions: []*residency.Exemption{e}})
	}
	got := answered(&request{}, outcome{object: &residency.Object{}, decisions: decisions}, explain.Sentence).AuditAnnotations[auditExemption]
	if len(got) > maxAudit || !strings.HasSuffix(got, "…") || strings.Count(got, "-03") != 1 {
		t.Errorf("%d bytes, ending with %q", len(got), got[max(0, len(got)-20):])
	}
	if names := exemptionsOf(decisions); len(names) != 30 {
		t.Errorf("%d exemptions, want 30", len(names))
	}
}

// TestAWarningNamesTheDateAndWhatHappensThen holds the whole text of a notice.
func TestAWarningNamesTheDateAndWhatHappensThen(t *testing.T) {
	at := time.Date(2026, time.September, 1, 2, 0, 0, 0, time.FixedZone("CEST", 7200))
	d := residency.Decision{
		Policy: "no-kp", Tenant: "lantern", Verdict: residency.Indeterminate, Reason: residency.NoParties,
		Findings: []residency.Finding{{Verdict: residency.Indeterminate, Reason: residency.NoParties, Tenant: "lantern"}},
	}
	for _, tc := range []struct {
		reason       string
		action, then residency.Action
		from         time.Time
		want         []string
	}{
		{"denied then", residency.Warn, residency.Deny, at, []string{"from 2026-09-01T00:00:00Z policy no-kp does not admit tenant lantern: tenant lantern names no party in a role that is traced"}},
		{"never denied", residency.Warn, residency.Warn, time.Time{}, []string{"policy no-kp: tenant lantern names no party in a role that is traced"}},
		{"silent until then", residency.Audit, residency.Deny, at, nil},
		{"allowed until then", residency.Allow, residency.Deny, at, nil},
	} {
		d.Action, d.Then, d.EffectiveFrom = tc.action, tc.then, tc.from
		if diff := cmp.Diff(tc.want, warnings([]residency.Decision{d}, explain.Sentence)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
	}
}
