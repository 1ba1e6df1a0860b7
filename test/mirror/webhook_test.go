package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/webhook"
)

// asked is the webhook in a cluster of one namespace, in which everybody may claim and
// bind everybody: what the webhook refuses for want of a right is no excuse for the
// mirror.
type asked struct {
	handler   http.Handler
	holder    *snapshot.Holder
	namespace *corev1.Namespace
	parent    map[string]any
}

func ask(t testing.TB, w *snapshot.Snapshot, at time.Time) *asked {
	t.Helper()
	a := &asked{holder: &snapshot.Holder{}}
	a.holder.Store(w)
	var err error
	a.handler, err = webhook.NewHandler(webhook.Dependencies{
		Snapshots: a.holder, Lookup: a, Access: a, Refresher: a, Registerer: prometheus.NewRegistry(), Clock: func() time.Time { return at },
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// refuses says why the webhook refuses a request; "" if it does not.
func (a *asked) refuses(t testing.TB, r *request) string {
	t.Helper()
	a.namespace, a.parent = r.namespace, r.old
	gvk, gvr := metav1.GroupVersionKind(r.kind), metav1.GroupVersionResource(r.resource)
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: "review", Kind: gvk, RequestKind: &gvk, Resource: gvr, RequestResource: &gvr, SubResource: r.subresource, RequestSubResource: r.subresource,
			Name: r.name, Operation: admissionv1.Operation(r.operation), UserInfo: authenticationv1.UserInfo{Username: r.user},
			Object: rawOf(t, r.object), OldObject: rawOf(t, r.old),
		},
	}
	if r.namespace != nil {
		review.Request.Namespace = r.namespace.Name
	}
	body, err := json.Marshal(review)
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	post := httptest.NewRequestWithContext(t.Context(), http.MethodPost, webhook.WorkloadPath+"?timeout=10s", bytes.NewReader(body))
	post.Header.Set("Content-Type", "application/json")
	a.handler.ServeHTTP(recorder, post)
	if recorder.Code != http.StatusOK {
		t.Fatalf("status %d: %s", recorder.Code, recorder.Body)
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &review); err != nil {
		t.Fatal(err)
	}
	if review.Response.Allowed {
		return ""
	}
	return review.Response.Result.Message
}

func rawOf(t testing.TB, object map[string]any) runtime.RawExtension {
	t.Helper()
	if object == nil {
		return runtime.RawExtension{}
	}
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return runtime.RawExtension{Raw: raw}
}

func (a *asked) Namespace(context.Context, string) (webhook.NamespaceMeta, error) {
	return webhook.NamespaceMeta{Labels: maps.Clone(a.namespace.Labels), Annotations: maps.Clone(a.namespace.Annotations)}, nil
}

func (a *asked) Namespaces(context.Context) ([]*residency.Namespace, error) { return nil, nil }

func (a *asked) SecretTenant(context.Context, string, string) (string, error) {
	return "", apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, "")
}

func (a *asked) ServiceAccount(context.Context, string, string) (translate.ServiceAccount, error) {
	return translate.ServiceAccount{}, apierrors.NewNotFound(schema.GroupResource{Resource: "serviceaccounts"}, "")
}

// Object is the parent of a Scale. It claims nothing.
func (a *asked) Object(context.Context, schema.GroupVersionResource, string, string) (map[string]any, error) {
	return map[string]any{}, nil
}

func (a *asked) Pods(context.Context, string, string, func(growth.Pod) bool) error { return nil }

func (a *asked) May(context.Context, authenticationv1.UserInfo, string, string) (bool, error) {
	return true, nil
}

func (a *asked) WithTenant(context.Context, string) (*snapshot.Snapshot, error) {
	return a.holder.Load(), nil
}
