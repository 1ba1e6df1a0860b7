package asked

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	reviewv1 "k8s.io/api/admission/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/conditions"
	"github.com/domicile-dev/domicile/webhook"
)

// paths are those of the handlers.
var paths = webhookconfig.Paths{
	Workloads: webhook.WorkloadPath, TenantPolicies: webhook.TenantPolicyPath, Tenants: webhook.TenantPath,
	LegalEntities: webhook.LegalEntityPath, OwnershipRegisters: webhook.OwnershipRegisterPath, TenantExemptions: webhook.TenantExemptionPath,
	AccessPoints: webhook.AccessPointPath,
}

// handlers are the webhook by path.
type handlers map[string]http.Handler

func (h handlers) Register(path string, handler http.Handler) { h[path] = handler }

// ignorant is the webhook before it knows anything: it passes what needs no knowledge.
func ignorant(t *testing.T) handlers {
	t.Helper()
	return handlersWith(t, nil)
}

// knowing is the webhook that knows the policies and nothing else: they say by which
// labels of Secrets they know API keys.
func knowing(t *testing.T) handlers {
	t.Helper()
	return handlersWith(t, snapshottest.Compile(snapshottest.Inputs{}))
}

func handlersWith(t *testing.T, world *snapshot.Snapshot) handlers {
	t.Helper()
	holder := &snapshot.Holder{}
	if world != nil {
		holder.Store(world)
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	all := handlers{}
	err := webhook.Register(all, scheme, webhook.Dependencies{
		Snapshots: holder, Lookup: struct{ webhook.Lookup }{}, Access: struct{ webhook.Access }{},
		Refresher: struct{ webhook.Refresher }{}, Registerer: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// passes says whether the webhook admits an UPDATE.
func (h handlers) passes(t *testing.T, u update, old, updated runtime.Object) bool {
	t.Helper()
	raw := func(o runtime.Object) runtime.RawExtension {
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return runtime.RawExtension{Raw: data}
	}
	body, err := json.Marshal(reviewv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &reviewv1.AdmissionRequest{
			UID: "1", Kind: metav1.GroupVersionKind(u.kind), Resource: metav1.GroupVersionResource(u.resource), SubResource: u.subresource,
			Name: "a", Namespace: "apps", Operation: reviewv1.Update, OldObject: raw(old), Object: raw(updated),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, u.handler, bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	h[u.handler].ServeHTTP(recorder, request)
	var review reviewv1.AdmissionReview
	if err := json.Unmarshal(recorder.Body.Bytes(), &review); err != nil || review.Response == nil {
		t.Fatalf("the answer is no review: %s", recorder.Body)
	}
	return review.Response.Allowed
}

// rendered is the webhook configuration of a policy.
func rendered(p v1alpha1.TenantPolicy) []admissionv1.ValidatingWebhook {
	return webhookconfig.Render([]v1alpha1.TenantPolicy{p}, webhookconfig.Options{
		Namespace: "domicile-system", Service: "domicile-webhook", Port: 443, Timeout: 5 * time.Second, Paths: paths,
	})
}

// matchers has the conditions of every entry, by the first part of the entry's name. Of
// Secrets it has the one about changes only: the other holds back what is no API key,
// whatever of it changes.
func matchers() map[string]conditions.Matcher {
	all := map[string]conditions.Matcher{}
	for _, w := range rendered(v1alpha1.TenantPolicy{}) {
		name, _, _ := strings.Cut(w.Name, ".")
		w.MatchConditions = slices.DeleteFunc(w.MatchConditions, func(c admissionv1.MatchCondition) bool { return c.Name == "api-keys" })
		all[name] = conditions.Compile(w.MatchConditions)
	}
	return all
}

// asks says whether the API server asks about an UPDATE.
func asks(t *testing.T, m conditions.Matcher, u update, old, updated runtime.Object) bool {
	t.Helper()
	asked, err := m.Asks(t.Context(), admission.NewAttributesRecord(updated, old, u.kind, "apps", "a",
		u.resource, u.subresource, admission.Update, &metav1.UpdateOptions{}, false, &user.DefaultInfo{Name: "ada"}))
	if err != nil {
		t.Fatal(err)
	}
	return asked
}

// TestWhatIsNotAskedAboutIsNoGrowth compares the conditions in the API server with the
// webhook: what is not sent is what the webhook passes before it looks anything up. Typed
// objects are read by other code of the API server than custom resources.
func TestWhatIsNotAskedAboutIsNoGrowth(t *testing.T) {
	t.Parallel()
	const rounds = 2000
	entries, ignorant, knowing := matchers(), ignorant(t), knowing(t)
	for name, u := range updates() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hook := ignorant
			if u.entry == "secrets" {
				hook = knowing
			}
			seed := rand.Uint64()
			r := rand.New(rand.NewPCG(seed, 0))
			asked := 0
			for range rounds {
				before, after, differs := u.choose(r)
				old, updated := u.object(t, before), u.object(t, after)
				switch asks := asks(t, entries[u.entry], u, old, updated); {
				case !asks && !hook.passes(t, u, old, updated):
					t.Fatalf("seed %d: nobody is asked about what the webhook would not have passed:\n%s", seed, u.difference(before, after))
				case asks && !differs:
					t.Fatalf("seed %d: an outage stops what makes no difference:\n%s", seed, u.difference(before, after))
				case !asks && differs:
					t.Fatalf("seed %d: nobody is asked about a change that counts:\n%s", seed, u.difference(before, after))
				case asks:
					asked++
				}
			}
			if asked < rounds/20 || asked > rounds*19/20 {
				t.Errorf("asked about %d of %d: the other side is hardly tested", asked, rounds)
			}
		})
	}
}

func TestAScaleThatDoesNotRiseIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	group := schema.GroupVersion{Group: "autoscaling", Version: "v1"}
	u := update{kind: group.WithKind("Scale"), resource: schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, subresource: "scale", handler: paths.Workloads}
	entry, hook := matchers()["subresources"], ignorant(t)
	for before := range int32(3) {
		for after := range int32(3) {
			old := &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Spec: autoscalingv1.ScaleSpec{Replicas: before}}
			updated := &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Spec: autoscalingv1.ScaleSpec{Replicas: after}}
			if got, want := asks(t, entry, u, old, updated), after > before; got != want || hook.passes(t, u, old, updated) == want {
				t.Errorf("%d -> %d: asked %t; the webhook passes it by itself: %t", before, after, got, !want)
			}
		}
	}
}

// TestWhatIsLargeIsAskedAbout: an expression that costs too much refuses the request, so
// that whoever has written a large object could never remove its finalizer.
func TestWhatIsLargeIsAskedAbout(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 80_000 {
		many[strconv.FormatInt(int64(i), 36)] = ""
	}
	changed := maps.Clone(many)
	changed["one/more"] = ""
	top := func(more ...string) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": "a"}}}
		for key := range many {
			o.Object["x"+key] = "x"
		}
		o.SetFinalizers(more)
		return o
	}
	pod := func(annotations, labels map[string]string, finalizers ...string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a", Annotations: annotations, Labels: labels, Finalizers: finalizers}}
	}
	text := strings.Repeat("<", 3<<20)
	long := func(replicas int64, finalizers ...string) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": "a"}, "spec": map[string]any{"text": text, "replicas": replicas}, "text": text}}
		o.SetFinalizers(finalizers)
		return o
	}
	u, entry := update{kind: core("").GroupVersion().WithKind("Pod"), resource: core("pods")}, matchers()["workload-changes"]
	for _, row := range []struct {
		reason       string
		old, updated runtime.Object
		want         bool
	}{
		{"many annotations, a finalizer goes", pod(many, nil, "a.example/b"), pod(many, nil), false},
		{"many labels, a finalizer goes", pod(nil, many, "a.example/b"), pod(nil, many), false},
		{"many annotations, one comes", pod(many, nil), pod(changed, nil), true},
		{"many labels, one comes", pod(nil, many), pod(nil, changed), true},
		{"many annotations go", pod(many, nil), pod(nil, nil), true},
		{"long texts, a finalizer goes", long(1, "a.example/b"), long(1), false},
		{"long texts, scaled down", long(1), long(0), false},
		{"long texts, scaled up", long(0), long(1), true},
		{"many fields, a finalizer goes", top("a.example/b"), top(), true},
	} {
		if got := asks(t, entry, u, row.old, row.updated); got != row.want {
			t.Errorf("%s: asked %t, want %t", row.reason, got, row.want)
		}
	}
}
