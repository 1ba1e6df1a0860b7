package webhook

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
)

const warnManifest = `
metadata: {name: gentle}
spec: {jurisdictions: {blocked: [KP]}, enforcement: {restricted: Warn}}
`

const noticeManifest = `
metadata: {name: soon}
spec: {jurisdictions: {blocked: [KP]}, enforcement: {effectiveFrom: "2026-12-01T00:00:00Z"}}
`

func TestWhatADenialSays(t *testing.T) {
	c := newCluster(t)
	got := c.admitted(t, podsOfCore+"\nnamespace: lantern\nobject: "+pod("", "")).Result
	want := "policy no-kp does not admit tenant lantern-sg: Lantern Singapore Pte. Ltd. (HQ SG) is 68 % held from KP: " +
		"Lantern HK (HQ HK) 68 %, which is held 80 % by Lantern Group (HQ KP); " +
		"for more: kubectl domicile explain tenant/lantern-sg --policy no-kp"
	if diff := cmp.Diff(want, got.Message); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if got.Reason != "Forbidden" || got.Code != 403 || got.Status != "Failure" {
		t.Errorf("got %+v", got)
	}
	if d := got.Details; d == nil || len(d.Causes) != 1 || d.Causes[0].Type != "RestrictedOwner" || d.Name != "x" || d.Kind != "pods" {
		t.Errorf("details: %+v", got.Details)
	}
}

// TestAShortRefusalTellsNothingOfOwners: whoever reaches the webhook reads it.
func TestAShortRefusalTellsNothingOfOwners(t *testing.T) {
	c := newCluster(t)
	c.short = true
	c.holder.Store(makeSnapshot(t, []string{policyManifest, warnManifest}, []string{lanternManifest}))
	got := c.admitted(t, podsOfCore+"\nnamespace: lantern\nobject: "+pod("", ""))
	want := "policy no-kp does not admit tenant lantern-sg: the verdict is Restricted (RestrictedOwner); " +
		"for more: kubectl domicile explain tenant/lantern-sg --policy no-kp"
	if diff := cmp.Diff(want, got.Result.Message); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"policy gentle: the verdict is Restricted (RestrictedOwner)"}, got.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	all, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Lantern", "68", "KP", "HQ"} {
		if bytes.Contains(all, []byte(secret)) {
			t.Errorf("%q is told in %s", secret, all)
		}
	}
	got = c.admitted(t, podsOfCore+"\nnamespace: plain\nobject: "+pod(claims("A"), ""))
	if !strings.Contains(got.Result.Message, "is not the name of a Tenant") || got.Result.Details.Causes[0].Type != "InvalidClaim" {
		t.Errorf("what is wrong with the request itself is not told: %+v", got.Result)
	}
}

func TestADryRunSaysThatItDoesNotKnowItsNeighbours(t *testing.T) {
	for name, tc := range map[string]struct {
		reason, request string
		want            bool
	}{
		"a dry run":                 {"the Tenant may be in the same change", "\ndryRun: true\nnamespace: shared\nobject: " + pod(claims("nobody"), ""), true},
		"no dry run":                {"it would be there by now", "\nnamespace: shared\nobject: " + pod(claims("nobody"), ""), false},
		"of a Tenant that is there": {"that does not change", "\ndryRun: true\nnamespace: lantern\nobject: " + pod("", ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			got := newCluster(t).admitted(t, podsOfCore+tc.request)
			if got.Allowed || strings.Contains(got.Result.Message, unseenTenant) != tc.want {
				t.Errorf("%s: %v %+v", tc.reason, got.Allowed, got.Result)
			}
		})
	}
}

func TestADenialSaysWhereTheClaimStands(t *testing.T) {
	got := newCluster(t).admitted(t, deployments+"\nnamespace: shared\nobject: {kind: Deployment, spec: {template: {metadata: {"+claims("lantern-sg")+"}}}}")
	if field := got.Result.Details.Causes[0].Field; field != "spec.template.metadata.annotations" {
		t.Errorf("got %q", field)
	}
}

func TestAllReasonsAreTold(t *testing.T) {
	c := newCluster(t)
	second := strings.Replace(policyManifest, "no-kp", "another", 1)
	c.holder.Store(makeSnapshot(t, []string{policyManifest, second, warnManifest}, []string{lanternManifest}))
	got := c.admitted(t, podsOfCore+"\nnamespace: lantern\nobject: "+pod("", ""))
	for _, policy := range []string{"policy another does", "; and policy no-kp does"} {
		if !strings.Contains(got.Result.Message, policy) {
			t.Errorf("%q is not in %s", policy, got.Result.Message)
		}
	}
	if len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0], "policy gentle: Lantern") {
		t.Errorf("warnings: %v", got.Warnings)
	}
	want := "another/lantern-sg/Restricted/RestrictedOwner/Deny,gentle/lantern-sg/Restricted/RestrictedOwner/Warn,no-kp/lantern-sg/Restricted/RestrictedOwner/Deny"
	if diff := cmp.Diff(want, got.AuditAnnotations[auditDecisions]); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
}

func TestANoticePeriodWarnsOfWhatComes(t *testing.T) {
	c := newCluster(t)
	c.holder.Store(makeSnapshot(t, []string{noticeManifest}, []string{lanternManifest}))
	got := c.admitted(t, podsOfCore+"\nnamespace: lantern\nobject: "+pod("", ""))
	if !got.Allowed || len(got.Warnings) != 1 ||
		!strings.HasPrefix(got.Warnings[0], "from 2026-12-01T00:00:00Z policy soon does not admit tenant lantern-sg: Lantern") {
		t.Errorf("got %v %v", got.Allowed, got.Warnings)
	}
}

func TestAuditAnnotationsAreThereAlways(t *testing.T) {
	revision := newCluster(t).holder.Load().Revision
	if revision == "" {
		t.Fatal("the snapshot has no revision")
	}
	for name, tc := range map[string]struct {
		reason, request string
		failing         string
		want            map[string]string
	}{
		"denied": {"by a policy", podsOfCore + "\nnamespace: lantern\nobject: " + pod("", ""), "", map[string]string{
			"policy": "no-kp", "tenant": "lantern-sg", "verdict": "Restricted", "reason": "RestrictedOwner", "action": "Deny", "snapshot-revision": revision,
			"decisions": "no-kp/lantern-sg/Restricted/RestrictedOwner/Deny",
		}},
		"audited": {"nothing else tells of it", podsOfCore + "\nnamespace: plain\nobject: " + pod("", ""), "", map[string]string{
			"policy": "no-kp", "tenant": "None", "verdict": "Unidentified", "reason": "NoTenant", "action": "Audit", "snapshot-revision": revision,
			"decisions": "no-kp//Unidentified/NoTenant/Audit",
		}},
		"refused": {"without a policy there is no verdict", podsOfCore + "\nnamespace: plain\nobject: " + pod(claims("A"), ""), "", map[string]string{
			"policy": "None", "tenant": "None", "verdict": "None", "reason": "InvalidClaim", "action": "Deny", "snapshot-revision": revision,
			"decisions": "//Indeterminate/InvalidClaim/Deny,no-kp//Unidentified/NoTenant/Audit",
		}},
		"passed": {"nothing grows", podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + pod("", "") + "\nobject: " + pod("", ""), "", map[string]string{
			"policy": "None", "tenant": "None", "verdict": "None", "reason": "NoGrowth", "action": "Allow", "snapshot-revision": "None",
		}},
		"unavailable": {"it was refused", podsOfCore + "\nnamespace: shared\nobject: " + pod("", ""), "namespaces", map[string]string{
			"policy": "None", "tenant": "None", "verdict": "None", "reason": "Unavailable", "action": "Deny", "snapshot-revision": "None",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.failing[tc.failing] = true
			if diff := cmp.Diff(tc.want, c.admitted(t, tc.request).AuditAnnotations); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAnswersAreBounded(t *testing.T) {
	long := strings.Repeat("ж", 4000)
	o := outcome{object: &residency.Object{}}
	for range 100 {
		o.decisions = append(o.decisions,
			residency.Decision{Reason: residency.TenantMismatch, Action: residency.Deny, Detail: long},
			residency.Decision{Policy: "p", Tenant: "t", Reason: residency.PolicyInvalid, Action: residency.Warn, Detail: long, EffectiveFrom: now, Then: residency.Deny})
	}
	got := answered(&request{}, o, explain.Sentence)
	if n := len(got.Result.Message); n > maxMessage+256 {
		t.Errorf("a message of %d bytes", n)
	}
	if n := len(got.Result.Details.Causes); n > maxCauses {
		t.Errorf("%d causes", n)
	}
	total := 0
	for _, w := range got.Warnings {
		if total += len(w); len(w) > maxWarning || strings.ContainsRune(w, '\uFFFD') {
			t.Errorf("a warning of %d bytes: %s", len(w), w)
		}
	}
	if total > 4096 {
		t.Errorf("warnings of %d bytes", total)
	}
	for key, value := range got.AuditAnnotations {
		if len(value) > maxAudit {
			t.Errorf("%s has %d bytes", key, len(value))
		}
	}
}

func TestNoControlCharacterGetsIntoAHeader(t *testing.T) {
	d := residency.Decision{Policy: "p", Reason: residency.PolicyInvalid, Action: residency.Warn, Detail: "a\r\nSet-Cookie: b", EffectiveFrom: time.Time{}}
	if got := warning(d, explain.Sentence); strings.ContainsAny(got, "\r\n") {
		t.Errorf("got %q", got)
	}
}

func TestARolloutIsRefusedAtOnceAndSaysWhy(t *testing.T) {
	web := func(spec string) string {
		return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, " + claims("lantern-sg") + "}, spec: {" + spec + "}}"
	}
	for name, tc := range map[string]struct {
		reason, old, updated string
		want                 bool
	}{
		"restart":   {"kubectl rollout restart", "replicas: 2, template: {spec: {a: 1}}", "replicas: 2, template: {metadata: {annotations: {restartedAt: now}}, spec: {a: 1}}", true},
		"smaller":   {"new Pods all the same", "template: {spec: {resources: {limits: {cpu: 2}}}}", "template: {spec: {resources: {limits: {cpu: 1}}}}", true},
		"scaled up": {"no Pod has to go for it", "replicas: 2, template: {spec: {a: 1}}", "replicas: 3, template: {spec: {a: 1}}", false},
	} {
		t.Run(name, func(t *testing.T) {
			got := newCluster(t).admitted(t, deployments+"\noperation: UPDATE\nnamespace: shared\noldObject: "+web(tc.old)+"\nobject: "+web(tc.updated))
			if got.Allowed || strings.Contains(got.Result.Message, "the new Pods that it starts would be") != tc.want {
				t.Errorf("%s: got %v", tc.reason, got.Result)
			}
		})
	}
}

// answered is what the API server is told.
func answered(r *request, o outcome, tell teller) *admissionv1.AdmissionResponse {
	return answer(r, o, summarize(&o), tell)
}

// TestAYesIsWrittenAsAnyAnswerIs compares what is written with what the standard library
// writes.
func TestAYesIsWrittenAsAnyAnswerIs(t *testing.T) {
	t.Parallel()
	decided := func(d ...residency.Decision) outcome {
		return outcome{object: &residency.Object{Replaces: "ReplicaSet web"}, decisions: d, revision: "r\x00\u00e9"}
	}
	plain := residency.Decision{Policy: "p", Tenant: "t", Verdict: residency.Clear, Reason: residency.NoRestrictedOwner, Action: residency.Allow}
	odd := residency.Decision{Policy: "p\xff", Tenant: "\"\\\n<\u2028", Action: residency.Warn, Detail: "\xed\xa0\x80", Exemptions: []*residency.Exemption{{Name: "e"}}}
	replaces := decided(plain)
	replaces.replaces = "ReplicaSet"
	for name, tc := range map[string]struct {
		uid string
		outcome
	}{
		"nothing was decided": {"a", outcome{passed: passNoGrowth}},
		"clear":               {"a", decided(plain)},
		"two policies":        {"a", decided(plain, plain)},
		"warnings":            {"a", decided(odd, plain, odd)},
		"it replaces":         {"a", replaces},
		"the UID is no UTF-8": {"\xff\"", decided(plain)},
		"too much to tell":    {"a", decided(slices.Repeat([]residency.Decision{plain}, 1000)...)},
	} {
		r := &request{UID: types.UID(tc.uid)}
		var got, want admissionv1.AdmissionReview
		if err := json.Unmarshal(appendYes(nil, r, tc.outcome, summarize(&tc.outcome), explain.Sentence), &got); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text, err := json.Marshal(admissionv1.AdmissionReview{
			TypeMeta: metav1.TypeMeta{Kind: "AdmissionReview", APIVersion: "admission.k8s.io/v1"}, Response: answered(r, tc.outcome, explain.Sentence),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestAYesAllocatesNothingButTheAnswer writes one into what is there.
func TestAYesAllocatesNothingButTheAnswer(t *testing.T) {
	to := make([]byte, 0, usualAnswer)
	r := &request{UID: "5a9d6f5c-52e1-4c1c-9f0b-0d6f4b7c2d11"}
	o := outcome{object: &residency.Object{}, revision: "42", decisions: []residency.Decision{
		{Policy: "no-kp", Tenant: "lantern", Verdict: residency.Clear, Reason: residency.NoRestrictedOwner, Action: residency.Allow},
	}}
	const list = 1 // of decisions
	if n := testing.AllocsPerRun(100, func() { appendYes(to, r, o, summarize(&o), explain.Sentence) }); n > list {
		t.Errorf("%v allocations", n)
	}
}
