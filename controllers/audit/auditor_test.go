package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// basics is a policy, a tenant that it restricts and one that it does not.
func basics(name string) string {
	return strings.ReplaceAll(`
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: NAME}
spec:
  jurisdictions: {blocked: [KP]}
  match: {namespaceSelector: {matchLabels: {test: NAME}}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: NAME-bad}
spec: {displayName: Lantern, type: Company, jurisdictions: {headquarters: KP}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: NAME-good}
spec: {displayName: Meridian, type: Company, jurisdictions: {headquarters: NZ}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: NAME-bad}
spec: {parties: [{role: Customer, entity: {name: NAME-bad}}]}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: NAME-good}
spec: {parties: [{role: Customer, entity: {name: NAME-good}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: NAME-bad, labels: {test: NAME}, annotations: {domicile.dev/tenant: NAME-bad}}
---
apiVersion: v1
kind: Namespace
metadata: {name: NAME-good, labels: {test: NAME}, annotations: {domicile.dev/tenant: NAME-good}}
---
apiVersion: v1
kind: Namespace
metadata: {name: NAME-free, labels: {test: NAME}}
`, "NAME", name)
}

const podSpec = `{automountServiceAccountToken: false, containers: [{name: c, image: i, resources: {limits: {nvidia.com/gpu: 2}}}]}`

func pod(namespace, name, metadata string) string {
	return fmt.Sprintf("\n---\n{apiVersion: v1, kind: Pod, metadata: {namespace: %s, name: %s%s}, spec: %s}", namespace, name, metadata, podSpec)
}

func deployment(namespace, name string) string {
	return fmt.Sprintf(`
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: %s, name: %s}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: %s}}`, namespace, name, podSpec)
}

func TestFindsWhatAdmissionCouldNot(t *testing.T) {
	r := start(t, nil, basics("finds")+
		deployment("finds-bad", "web")+
		pod("finds-bad", "bare", "")+
		pod("finds-bad", "forged", ", ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: none, uid: 11111111-2222-3333-4444-555555555555, controller: true}]")+
		pod("finds-good", "fine", "")+`
---
{apiVersion: v1, kind: Pod, metadata: {namespace: finds-bad, name: static, annotations: {kubernetes.io/config.mirror: h}}, spec: {nodeName: node-1, containers: [{name: c, image: i}]}}`+
		pod("finds-free", "whose", "")+
		pod("finds-free", "intruder", ", annotations: {domicile.dev/tenant: finds-good}")+`
---
{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {namespace: finds-bad, name: typed}, stringData: {token: c2VjcmV0LWJ5dGVz}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: finds-bad, name: labelled, labels: {domicile.dev/api-key: "true"}}, stringData: {token: c2VjcmV0LWJ5dGVz}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: finds-bad, name: other}, stringData: {token: c2VjcmV0LWJ5dGVz}}`)
	if got := r.next(); got != nil {
		t.Errorf("the first audit was of %v: it is a sweep", got)
	}
	want := []string{
		"Deployment/web finds fail RestrictedJurisdiction tenant=finds-bad action=Deny",
		"Pod/bare finds fail RestrictedJurisdiction tenant=finds-bad action=Deny",
		"Pod/forged finds fail RestrictedJurisdiction tenant=finds-bad action=Deny",
		"Pod/static finds fail RestrictedJurisdiction tenant=finds-bad mirror=true action=Deny",
		"Secret/labelled finds fail RestrictedJurisdiction tenant=finds-bad action=Deny",
		"Secret/other finds fail RestrictedJurisdiction tenant=finds-bad action=Deny",
		"Secret/typed finds fail RestrictedJurisdiction tenant=finds-bad action=Deny",
	}
	r.eventually("the report", func(context.Context) error {
		if diff := cmp.Diff(want, r.rows(OpenReports, "finds-bad")); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
	r.eventually("the reports of others", func(context.Context) error {
		free := []string{"Pod/intruder identity fail TenantNotAuthorized tenant=finds-good action=Deny"}
		if diff := cmp.Diff(free, r.rows(OpenReports, "finds-free")); diff != "" {
			return errors.New(diff)
		}
		if rows := r.rows(OpenReports, "finds-good"); rows != nil {
			return fmt.Errorf("a namespace without violations has a report: %v", rows)
		}
		if rows := r.rows(OpenReports, ""); !slices.Contains(rows, "Namespace/finds-bad finds fail RestrictedJurisdiction tenant=finds-bad action=Deny") {
			return fmt.Errorf("the report of the cluster has %v", rows)
		}
		return nil
	})
	r.eventually("the status", func(ctx context.Context) error {
		var p v1alpha1.TenantPolicy
		if err := server.Get(ctx, client.ObjectKey{Name: "finds"}, &p); err != nil {
			return err
		}
		want := &v1alpha1.AffectedCounts{Workloads: ptr.To(int32(4)), APIKeys: ptr.To(int32(3)), GPUs: ptr.To(int64(4))}
		if diff := cmp.Diff(want, p.Status.Affected); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
	r.eventually("the events", func(ctx context.Context) error {
		var list eventsv1.EventList
		if err := server.List(ctx, &list); err != nil {
			return err
		}
		about := map[string]string{}
		for _, e := range list.Items {
			if e.Reason == eventReason {
				about[e.Regarding.Kind+"/"+e.Regarding.Name] = e.Note
			}
			if strings.Contains(e.Note, "c2VjcmV0") || strings.Contains(e.Note, "secret-bytes") {
				t.Errorf("an event has the data of a Secret: %s", e.Note)
			}
		}
		for object, note := range map[string]string{
			"Tenant/finds-bad":   "The audit found 8 objects of this tenant in 1 namespaces that are not as policies want them.",
			"TenantPolicy/finds": "The audit found 8 objects in 1 namespaces that are not as this policy wants them.",
		} {
			if about[object] != note {
				return fmt.Errorf("the event about %s is %q in %v", object, about[object], about)
			}
		}
		return nil
	})
	text := fmt.Sprint(r.report(OpenReports, "finds-bad").Object, r.logged())
	for _, secret := range []string{"c2VjcmV0LWJ5dGVz", "secret-bytes"} {
		if strings.Contains(text, secret) {
			t.Errorf("a report or the log has the data of a Secret: %s", text)
		}
	}
	for _, request := range r.requested.take() {
		if strings.Contains(request, "/secrets/") {
			t.Errorf("asked for a whole Secret: %s", request)
		}
	}
	if n := testutil.ToFloat64(r.auditor.metrics.findings.WithLabelValues("Restricted", resultFail)); n < 6 {
		t.Errorf("the metric counts %v findings, want at least 6", n)
	}
}

func TestFlipTouchesOnlyTheNamespacesOfTheTenant(t *testing.T) {
	r := start(t, nil, basics("flips")+deployment("flips-good", "web")+deployment("flips-bad", "web")+
		pod("flips-free", "guest", ", annotations: {domicile.dev/on-behalf-of: flips-good}"))
	r.next()
	r.eventually("the first report", func(context.Context) error {
		if r.rows(OpenReports, "flips-bad") == nil {
			return errors.New("none")
		}
		return nil
	})
	if rows := r.rows(OpenReports, "flips-good"); rows != nil {
		t.Fatalf("clear, but %v", rows)
	}
	r.requested.take()
	r.apply(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: flips-good}, spec: {displayName: Meridian, type: Company, jurisdictions: {headquarters: KP}}}`)
	if diff := cmp.Diff([]string{"flips-free", "flips-good"}, r.next()); diff != "" {
		t.Errorf("the namespaces that were looked at: %s", diff)
	}
	r.eventually("reports", func(context.Context) error {
		want := []string{"Deployment/web flips fail RestrictedJurisdiction tenant=flips-good action=Deny"}
		if diff := cmp.Diff(want, r.rows(OpenReports, "flips-good")); diff != "" {
			return errors.New(diff)
		}
		if rows := r.rows(OpenReports, "flips-free"); len(rows) != 1 {
			return fmt.Errorf("the namespace in which it acts: %v", rows)
		}
		return nil
	})
	for _, request := range r.requested.take() {
		if strings.Contains(request, "/flips-bad") || strings.HasSuffix(request, "/v1/pods") || strings.HasSuffix(request, "/v1/deployments") {
			t.Errorf("looked further than the tenant's namespaces: %s", request)
		}
	}
	r.apply(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: flips-good}, spec: {displayName: Meridian, type: Company, jurisdictions: {headquarters: NZ}}}`)
	r.next()
	r.eventually("the report to be removed when it is empty", func(context.Context) error {
		if rows := r.rows(OpenReports, "flips-good"); rows != nil {
			return fmt.Errorf("it has %v", rows)
		}
		return nil
	})
}

func TestTimeMakesFindings(t *testing.T) {
	soon := time.Now().Add(4 * time.Second).UTC().Format(time.RFC3339)
	r := start(t, nil, basics("time")+pod("time-bad", "bare", "")+`
---
apiVersion: domicile.dev/v1alpha1
kind: TenantExemption
metadata: {name: time}
spec: {tenantRef: {name: time-bad}, policyRef: {name: time}, reason: r, reference: r, approvedBy: a, expiresAt: "`+soon+`"}`)
	r.next()
	if rows := r.rows(OpenReports, "time-bad"); rows != nil {
		t.Fatalf("exempted, but %v", rows)
	}
	if diff := cmp.Diff([]string{"time-bad"}, r.next()); diff != "" {
		t.Errorf("what was looked at when the exemption expired: %s", diff)
	}
	r.eventually("the report when the exemption has expired", func(context.Context) error {
		want := []string{"Pod/bare time fail RestrictedJurisdiction tenant=time-bad action=Deny"}
		if diff := cmp.Diff(want, r.rows(OpenReports, "time-bad")); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
}

func TestBindingANamespaceIsAReasonToLook(t *testing.T) {
	r := start(t, nil, basics("binds")+pod("binds-free", "bare", ""))
	r.next()
	r.apply(`{apiVersion: v1, kind: Namespace, metadata: {name: binds-free, labels: {test: binds}, annotations: {domicile.dev/tenant: binds-bad}}}`)
	if diff := cmp.Diff([]string{"binds-free"}, r.next()); diff != "" {
		t.Errorf("what was looked at: %s", diff)
	}
	r.eventually("the report", func(context.Context) error {
		if rows := r.rows(OpenReports, "binds-free"); len(rows) != 1 {
			return fmt.Errorf("it has %v", rows)
		}
		return nil
	})
}

// TestAChangeOfWhatIsAskedIsAReasonToLook lets Pods be made while nobody asks: before the
// configuration is found to be gone, until it is back, and until API servers know that.
func TestAChangeOfWhatIsAskedIsAReasonToLook(t *testing.T) {
	const configuration = `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: domicile, labels: {test: unasked}}}`
	r := start(t, nil, basics("unasked")+"---\n"+configuration)
	r.next()
	looks := func(name string, found int) {
		t.Helper()
		if looked := r.next(); looked != nil {
			t.Errorf("only %v was looked at", looked)
		}
		r.eventually("the report of "+name, func(context.Context) error {
			if rows := r.rows(OpenReports, "unasked-bad"); len(rows) != found {
				return fmt.Errorf("it has %v", rows)
			}
			return nil
		})
	}
	r.apply(pod("unasked-bad", "meanwhile", ""))
	server.Without(t, &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "domicile"}})
	looks("meanwhile", 1)
	r.apply(pod("unasked-bad", "before-it-was-back", "") + "\n---\n" + configuration)
	looks("before-it-was-back", 2)
	r.apply(pod("unasked-bad", "a-moment-later", ""))
	looks("a-moment-later", 3)
}

func TestWhereAdmissionIsAskedAboutMoreIsLookedAt(t *testing.T) {
	for name, tc := range map[string]struct {
		reason     string
		asks       func(before, after []admissionv1.ValidatingWebhook) ([]string, bool)
		namespaces []string
		unasked    bool
	}{
		"some namespaces": {"what came into them the moment before", func(_, _ []admissionv1.ValidatingWebhook) ([]string, bool) { return []string{"a", "b"}, true }, []string{"a", "b"}, false},
		"fewer":           {"nothing was missed", func(_, _ []admissionv1.ValidatingWebhook) ([]string, bool) { return nil, true }, nil, false},
		"something else":  {"nobody knows what was missed", func(_, _ []admissionv1.ValidatingWebhook) ([]string, bool) { return nil, false }, nil, true},
		"nobody can tell": {"nobody knows what was missed", nil, nil, true},
	} {
		a := &Auditor{options: Options{Asks: tc.asks}}
		a.asks(nil, nil)
		if got, everything := a.changed.take(); !slices.Equal(got, tc.namespaces) || everything || a.unasked.take() != tc.unasked {
			t.Errorf("%s: %v, want %v and all %t: %s", name, got, tc.namespaces, tc.unasked, tc.reason)
		}
	}
}

func TestASecretThatComesToBeSomebodysIsAReasonToLook(t *testing.T) {
	r := start(t, nil, basics("waits")+`
---
apiVersion: v1
kind: Pod
metadata: {name: early, namespace: waits-free, labels: {test: waits}}
spec: {automountServiceAccountToken: false, containers: [{name: c, image: example.org/c:1, envFrom: [{secretRef: {name: next}}]}]}
`)
	r.next()
	if rows := r.rows(OpenReports, "waits-free"); len(rows) != 0 {
		t.Fatalf("a Secret that is not there is nobody's: %v", rows)
	}
	const secret = `{apiVersion: v1, kind: Secret, metadata: {name: next, namespace: waits-free%s}}`
	r.apply(fmt.Sprintf(secret, ""))
	r.apply(fmt.Sprintf(secret, ", annotations: {domicile.dev/tenant: waits-good}"))
	if diff := cmp.Diff([]string{"waits-free"}, r.next()); diff != "" {
		t.Errorf("what was looked at: %s", diff)
	}
	r.eventually("the report", func(context.Context) error {
		if rows := r.rows(OpenReports, "waits-free"); len(rows) != 1 || !strings.Contains(rows[0], "ForeignAPIKey") {
			return fmt.Errorf("it has %v", rows)
		}
		return nil
	})
	r.apply(fmt.Sprintf(secret, ", labels: {a: b}, annotations: {domicile.dev/tenant: waits-good}"))
	r.apply(`{apiVersion: v1, kind: Secret, metadata: {name: next, namespace: waits-bad, annotations: {domicile.dev/tenant: waits-bad}}}`)
	if diff := cmp.Diff([]string{"waits-bad"}, r.next()); diff != "" {
		t.Errorf("whose a Secret is did not change where it was looked: %s", diff)
	}
}

func TestReportsAreBoundedAndStaleOnesRemoved(t *testing.T) {
	var pods strings.Builder
	for i := range maxResults + 7 {
		pods.WriteString(pod("many-bad", fmt.Sprintf("p%03d", i), ""))
	}
	r := start(t, nil, basics("many")+pods.String()+`
---
apiVersion: openreports.io/v1alpha1
kind: Report
metadata: {namespace: many-good, name: domicile, labels: {app.kubernetes.io/managed-by: domicile}}
summary: {pass: 0, fail: 1, warn: 0, error: 0, skip: 0}
---
apiVersion: openreports.io/v1alpha1
kind: Report
metadata: {namespace: many-good, name: somebody-elses}
summary: {pass: 0, fail: 1, warn: 0, error: 0, skip: 0}`)
	r.next()
	r.eventually("the report", func(context.Context) error {
		u := r.report(OpenReports, "many-bad")
		if u == nil {
			return errors.New("none")
		}
		if n := len(resultsOf(u)); n != maxResults {
			return fmt.Errorf("%d results, want %d", n, maxResults)
		}
		if left := u.GetAnnotations()[leftOutAnnotation]; left != "7" {
			return fmt.Errorf("%q are left out", left)
		}
		summary, _ := u.Object["summary"].(map[string]any)
		if summary["fail"] != int64(maxResults+7) {
			return fmt.Errorf("the summary is %v", summary)
		}
		return nil
	})
	r.eventually("the stale report to be removed", func(context.Context) error {
		if r.report(OpenReports, "many-good") != nil {
			return errors.New("it is there")
		}
		return nil
	})
	if err := server.Get(t.Context(), client.ObjectKey{Namespace: "many-good", Name: "somebody-elses"}, asReport(OpenReports)); err != nil {
		t.Errorf("somebody else's report: %v", err)
	}
}
