package scan

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestScanGathersWhatAdmissionDoes(t *testing.T) {
	apply(t, `{apiVersion: v1, kind: Namespace, metadata: {name: gather-good, annotations: {domicile.dev/tenant: good}}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: gather-good, name: theirs, annotations: {domicile.dev/tenant: bad}}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: gather-good, name: ours}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: gather-good, name: robot}, imagePullSecrets: [{name: theirs}]}
---
{apiVersion: v1, kind: Pod, metadata: {namespace: gather-good, name: reads}, spec: {automountServiceAccountToken: false, containers: [{name: c, image: i, env: [{name: K, valueFrom: {secretKeyRef: {name: theirs, key: k}}}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {namespace: gather-good, name: reads-own}, spec: {automountServiceAccountToken: false, containers: [{name: c, image: i, env: [{name: K, valueFrom: {secretKeyRef: {name: ours, key: k}}}]}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: gather-good, name: runs-as}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {serviceAccountName: robot, containers: [{name: c, image: i}]}}}}`)
	want := []row{
		{Object: "Deployment/runs-as", Tenant: "good", Decision: ":ForeignAPIKey p:NoRestrictedOwner "},
		{Object: "Namespace/gather-good", Tenant: "good", Decision: "p:NoRestrictedOwner "},
		{Object: "Pod/reads", Tenant: "good", Decision: ":ForeignAPIKey p:NoRestrictedOwner "},
		{Object: "Pod/reads-own", Tenant: "good", Decision: "p:NoRestrictedOwner "},
		{Object: "Secret/ours", Tenant: "good", Decision: "p:NoRestrictedOwner "},
		{Object: "Secret/theirs", Tenant: "good", Decision: ":TenantMismatch p:RestrictedJurisdiction "},
	}
	w := world(t, "{}")
	for name, namespaces := range map[string][]string{"cluster": nil, "namespace": {"gather-good", "gone"}} {
		t.Run(name, func(t *testing.T) {
			rows, stats, err := found(t, scanner(&meddler{}, 0), w, namespaces, "gather-")
			if err != nil || len(stats.Gaps) > 0 {
				t.Fatal(err, stats.Gaps)
			}
			if diff := cmp.Diff(want, sorted(rows)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMakers(t *testing.T) {
	const spec = `selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}`
	owned := func(kind, name, owner, uid string) string {
		controller := fmt.Sprintf("{apiVersion: apps/v1, kind: %s, name: x, uid: %s, controller: true}", owner, uid)
		metadata := fmt.Sprintf("metadata: {namespace: makers, name: %s, ownerReferences: [%s]}", name, controller)
		if kind == "Pod" {
			return fmt.Sprintf("{apiVersion: v1, kind: Pod, %s, spec: {automountServiceAccountToken: false, containers: [{name: c, image: i}]}}", metadata)
		}
		return fmt.Sprintf("{apiVersion: apps/v1, kind: %s, %s, spec: {%s}}", kind, metadata, spec)
	}
	apply(t, `{apiVersion: v1, kind: Namespace, metadata: {name: makers, annotations: {domicile.dev/tenant: bad}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: makers-elsewhere, annotations: {domicile.dev/tenant: bad}}}`)
	deployment := apply(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: makers, name: web}, spec: {`+spec+`}}`)
	elsewhere := apply(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: makers-elsewhere, name: far}, spec: {`+spec+`}}`)
	replicaSet := apply(t, owned("ReplicaSet", "web-1", "Deployment", deployment))
	apply(t, owned("Pod", "web-1-a", "ReplicaSet", replicaSet))
	apply(t, owned("Pod", "forged", "ReplicaSet", "11111111-2222-3333-4444-555555555555"))
	apply(t, owned("Pod", "forged-far", "Deployment", elsewhere))

	rows, _, err := found(t, scanner(&meddler{}, 0), world(t, "{}"), nil, "makers")
	if err != nil {
		t.Fatal(err)
	}
	makers := map[string]string{}
	for _, r := range rows {
		makers[r.Object] = r.Maker
	}
	want := map[string]string{
		"Namespace/makers": "", "Namespace/makers-elsewhere": "", "Deployment/web": "", "Deployment/far": "",
		"ReplicaSet/web-1": "web", "Pod/web-1-a": "web-1", "Pod/forged": "", "Pod/forged-far": "",
	}
	if diff := cmp.Diff(want, makers); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsAreReadNoFurtherThanNeeded(t *testing.T) {
	apply(t, `{apiVersion: v1, kind: Namespace, metadata: {name: keys}}
---
{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {namespace: keys, name: typed}, stringData: {a: secret-bytes}}
---
{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {namespace: keys, name: both, labels: {domicile.dev/api-key: "true"}}, stringData: {a: secret-bytes}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: keys, name: labelled, labels: {domicile.dev/api-key: "true"}}, stringData: {a: secret-bytes}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: keys, name: named}, stringData: {API_KEY: secret-bytes}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: keys, name: none}, stringData: {a: secret-bytes}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: keys, name: claimed, annotations: {domicile.dev/tenant: bad}}, stringData: {a: secret-bytes}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: keys-bound, annotations: {domicile.dev/tenant: bad}}}
---
{apiVersion: v1, kind: Secret, metadata: {namespace: keys-bound, name: of-the-namespace}, stringData: {a: secret-bytes}}
---
{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {namespace: keys-bound, name: token, annotations: {kubernetes.io/service-account.name: default}}}`)
	for _, tc := range []struct {
		name, reason, match string
		want                []string
		whole               bool
	}{
		{"marked", "the metadata says it", "{}", []string{"both", "labelled", "of-the-namespace", "typed"}, false},
		{"named", "whoever asks for names has whole Secrets read", "{apiKeys: [API_KEY]}", []string{"both", "labelled", "named", "of-the-namespace", "typed"}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &meddler{}
			var names []string
			_, err := scanner(m, 2).Scan(t.Context(), world(t, tc.match), time.Now(), nil, func(f *Found) error {
				if f.Content.GetKind() == "Secret" {
					names = append(names, f.Content.GetName())
				}
				if text := fmt.Sprint(f.Content.Object); strings.Contains(text, "secret-bytes") || strings.Contains(text, "c2VjcmV0LWJ5dGVz") {
					t.Errorf("%s has a value: %s", f.Content.GetName(), text)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, names, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
				t.Errorf("%s: %s", tc.reason, diff)
			}
			for _, r := range m.requests {
				if strings.Contains(r, "/secrets") && !tc.whole && !strings.Contains(r, "PartialObjectMetadata") {
					t.Errorf("a whole Secret was asked for: %s", r)
				}
			}
		})
	}
}

func TestScanToleratesSingleResources(t *testing.T) {
	var manifests strings.Builder
	manifests.WriteString(`{apiVersion: v1, kind: Namespace, metadata: {name: pages, annotations: {domicile.dev/tenant: bad}}}`)
	for i := range 7 {
		fmt.Fprintf(&manifests, "\n---\n{apiVersion: v1, kind: Pod, metadata: {namespace: pages, name: p%d}, spec: {automountServiceAccountToken: false, containers: [{name: c, image: i}]}}", i)
	}
	apply(t, manifests.String())
	var expired int
	for _, tc := range []struct {
		name, reason string
		answer       func(*http.Request) *answer
		pods         int
		gaps         []string
		fails        bool
	}{
		{name: "pages", reason: "each object once", pods: 7},
		{name: "expired", reason: "the list is begun again, and nothing counted twice", pods: 7, answer: func(r *http.Request) *answer {
			if strings.HasSuffix(r.URL.Path, "/pods") && r.URL.Query().Has("continue") && expired < 2 {
				expired++
				return status(http.StatusGone, metav1.StatusReasonExpired)
			}
			return nil
		}},
		{name: "forbidden", reason: "the rest is still worth knowing", gaps: []string{"pods Forbidden"}, answer: on("/pods", http.StatusForbidden, metav1.StatusReasonForbidden)},
		{name: "failing", reason: "a conversion webhook is down", pods: 7, gaps: []string{"jobs.batch Failed"}, answer: on("/jobs", http.StatusInternalServerError, metav1.StatusReasonInternalError)},
		{name: "gone", reason: "the kind was removed a moment ago: there is nothing", pods: 7, answer: on("/jobs", http.StatusNotFound, metav1.StatusReasonNotFound)},
		{name: "secrets forbidden", reason: "whose they are is not known", pods: 7, gaps: []string{"secrets Forbidden"}, answer: on("/secrets", http.StatusForbidden, metav1.StatusReasonForbidden)},
		{name: "group", reason: "nobody knows what it serves", pods: 7, gaps: []string{"argoproj.io Discovery"}, answer: withGroups("argoproj.io", "metrics.example.com")},
		{name: "unauthorized", reason: "nothing else would do better", fails: true, answer: on("/pods", http.StatusUnauthorized, metav1.StatusReasonUnauthorized)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, stats, err := found(t, scanner(&meddler{answer: tc.answer}, 3), world(t, "{}"), nil, "pages")
			if (err != nil) != tc.fails {
				t.Fatalf("error %v: %s", err, tc.reason)
			}
			if tc.fails {
				return
			}
			pods := 0
			for _, r := range rows {
				if strings.HasPrefix(r.Object, "Pod/") {
					pods++
				}
			}
			var gaps []string
			for _, g := range stats.Gaps {
				gaps = append(gaps, g.Resource+" "+string(g.Reason))
			}
			if diff := cmp.Diff(tc.gaps, gaps); diff != "" || pods != tc.pods {
				t.Errorf("%d pods, want %d: %s\n%s", pods, tc.pods, tc.reason, diff)
			}
		})
	}
}

func on(suffix string, code int, reason metav1.StatusReason) func(*http.Request) *answer {
	return func(r *http.Request) *answer {
		if strings.HasSuffix(r.URL.Path, suffix) {
			return status(code, reason)
		}
		return nil
	}
}

// withGroups lets discovery know of groups that are down.
func withGroups(groups ...string) func(*http.Request) *answer {
	return func(r *http.Request) *answer {
		if r.URL.Path != "/apis" {
			return nil
		}
		var items []string
		for _, g := range groups {
			items = append(items, fmt.Sprintf(`{"metadata":{"name":%q},"versions":[{"version":"v1","freshness":"Stale"}]}`, g))
		}
		return &answer{
			code:        http.StatusOK,
			contentType: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
			body:        `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[` + strings.Join(items, ",") + `]}`,
		}
	}
}

func TestVisitEndsAScan(t *testing.T) {
	stop := errors.New("enough")
	calls := 0
	_, err := scanner(&meddler{}, 0).Scan(t.Context(), world(t, "{}"), time.Now(), nil, func(*Found) error {
		calls++
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	if _, err := scanner(&meddler{}, 0).Scan(t.Context(), nil, time.Now(), nil, nil); err == nil {
		t.Error("without a snapshot there is nothing to decide from")
	}
}
