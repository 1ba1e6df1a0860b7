package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clocktesting "k8s.io/utils/clock/testing"
)

func asReport(api ReportAPI) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(reportAPIs[api].version.WithKind(reportAPIs[api].kinds[perNamespace]))
	return u
}

// olderKinds are wgpolicyk8s.io/v1alpha2 as far as reports of ours go: nothing
// else gets in.
func olderKinds() string {
	var all []string
	for kind, scope := range map[string]string{"PolicyReport": "Namespaced", "ClusterPolicyReport": "Cluster"} {
		all = append(all, strings.NewReplacer("KIND", kind, "LOWER", strings.ToLower(kind), "SCOPE", scope).Replace(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: LOWERs.wgpolicyk8s.io, annotations: {api-approved.kubernetes.io: "unapproved, for a test"}}
spec:
  group: wgpolicyk8s.io
  names: {kind: KIND, plural: LOWERs}
  scope: SCOPE
  versions:
  - name: v1alpha2
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          summary:
            type: object
            properties: {pass: {type: integer}, fail: {type: integer}, warn: {type: integer}, error: {type: integer}, skip: {type: integer}}
          results:
            type: array
            items:
              type: object
              required: [policy]
              properties:
                source: {type: string}
                policy: {type: string}
                rule: {type: string}
                category: {type: string}
                severity: {type: string, enum: [critical, high, low, medium, info]}
                timestamp: {type: object, required: [nanos, seconds], properties: {nanos: {type: integer, format: int32}, seconds: {type: integer, format: int64}}}
                result: {type: string, enum: [pass, fail, warn, error, skip]}
                scored: {type: boolean}
                message: {type: string}
                properties: {type: object, additionalProperties: {type: string}}
                resources: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`))
	}
	return strings.Join(all, "\n---\n")
}

func TestKindsOfReportsMayComeLater(t *testing.T) {
	moment := clocktesting.NewFakeClock(time.Now())
	r := start(t, func(o *Options) { o.ReportAPI, o.Clock = PolicyReports, moment }, basics("older")+pod("older-bad", "bare", ""))
	missing := func() float64 { return testutil.ToFloat64(r.auditor.metrics.missing) }
	r.eventually("the missing kinds to be noticed", func(context.Context) error {
		moment.Step(settle)
		if missing() != 1 {
			return errors.New("not yet")
		}
		return nil
	})
	r.next()
	r.apply(olderKinds())
	r.eventually("the report", func(context.Context) error {
		moment.Step(10 * time.Second)
		want := []string{"Pod/bare older fail RestrictedJurisdiction tenant=older-bad action=Deny"}
		if diff := cmp.Diff(want, r.rows(PolicyReports, "older-bad")); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
	if missing() != 0 {
		t.Error("the metric says that kinds are missing")
	}
	if n := strings.Count(r.logged(), "CustomResourceDefinitions are not installed"); n != 1 {
		t.Errorf("said %d times that kinds are missing", n)
	}
	r.eventually("the report of the cluster", func(context.Context) error {
		if r.report(PolicyReports, "") == nil {
			return errors.New("none")
		}
		return nil
	})
}

func TestNoReports(t *testing.T) {
	r := start(t, func(o *Options) { o.ReportAPI = NoReports }, basics("none")+pod("none-bad", "bare", ""))
	r.next()
	r.eventually("findings without reports", func(context.Context) error {
		if n := testutil.ToFloat64(r.auditor.metrics.findings.WithLabelValues("Restricted", resultFail)); n == 0 {
			return errors.New("none")
		}
		return nil
	})
	if rows := r.rows(OpenReports, "none-bad"); rows != nil {
		t.Errorf("a report: %v", rows)
	}
	for _, request := range r.requested.take() {
		if strings.Contains(request, "reports") {
			t.Errorf("asked for reports: %s", request)
		}
	}
}

func TestUnchangedReportsAreNotWrittenAgain(t *testing.T) {
	r := start(t, func(o *Options) { o.Interval = 2 * time.Second }, basics("again")+pod("again-bad", "bare", ""))
	r.next()
	r.next()
	r.requested.take()
	r.next()
	r.eventually("the reports to be read", func(context.Context) error {
		for _, request := range r.requested.take() {
			if strings.HasPrefix(request, "PATCH") && strings.Contains(request, "report") {
				t.Errorf("wrote a report again: %s", request)
			}
			if strings.HasPrefix(request, "GET") && strings.HasSuffix(request, "/clusterreports") {
				return nil
			}
		}
		return fmt.Errorf("not yet")
	})
}

func TestAFailureHoldsNothingElseBack(t *testing.T) {
	r := start(t, nil, basics("fails")+pod("fails-good", "bare", ""))
	r.next()
	r.requested.refusing("PATCH /apis/openreports.io/v1alpha1/namespaces/fails-bad/")
	r.apply(strings.TrimPrefix(pod("fails-bad", "bare", ""), "\n---\n"))
	r.apply(`{apiVersion: v1, kind: Namespace, metadata: {name: fails-bad, labels: {test: fails, again: "yes"}, annotations: {domicile.dev/tenant: fails-bad}}}`)
	r.eventually("the failure", func(context.Context) error {
		if n := testutil.ToFloat64(r.auditor.metrics.failures.WithLabelValues(failureReport)); n == 0 {
			return errors.New("none")
		}
		return nil
	})
	r.apply(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: fails-good}, spec: {displayName: Meridian, type: Company, jurisdictions: {headquarters: KP}}}`)
	r.eventually("the other report", func(context.Context) error {
		if len(r.rows(OpenReports, "fails-good")) != 1 {
			return errors.New("none")
		}
		return nil
	})
	if r.rows(OpenReports, "fails-bad") != nil {
		t.Error("the test did not hold the first report back")
	}
	r.requested.refusing("")
	r.eventually("the first report", func(context.Context) error {
		if len(r.rows(OpenReports, "fails-bad")) != 1 {
			return errors.New("none")
		}
		return nil
	})
}
