package webhook

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
)

// FuzzReview holds that no bytes whatever make the handler panic, and that
// whatever creates something in the namespace of a restricted tenant is
// refused.
func FuzzReview(f *testing.F) {
	for _, request := range []string{
		podsOfCore + "\nnamespace: lantern\nobject: " + pod("", ""),
		podsOfCore + "\nnamespace: lantern\noperation: UPDATE\noldObject: " + pod("", "a: 1") + "\nobject: " + pod(claims("meridian"), "a: 2"),
		deployments + "\nsubResource: scale\noperation: UPDATE\nnamespace: lantern\noldObject: {spec: {replicas: 1}}\nobject: {spec: {replicas: 2}}",
		namespaces + "\nobject: {kind: Namespace, metadata: {name: x, " + claims("lantern-sg") + "}}",
		secretsRes + "\nnamespace: lantern\nobject: {apiVersion: v1, kind: Secret, type: domicile.dev/api-key, data: {a: eA==}}",
	} {
		f.Add(reviewOf(f, request))
	}
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","resource":{"version":"v1","resource":"pods"},"namespace":"lantern","object":{"metadata":{"annotations":{"domicile.dev\/tenant":"meridian","domicile.dev/tenant":"lantern-sg"}}}}}`))
	c := newCluster(f)
	h := c.handler(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, WorkloadPath, bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			return
		}
		var review admissionv1.AdmissionReview
		if err := json.Unmarshal(w.Body.Bytes(), &review); err != nil || review.Response == nil {
			t.Fatalf("status 200 without an answer: %s", w.Body)
		}
		if review.Response.Result != nil && strings.Contains(review.Response.Result.Message, errPanic.Error()) {
			t.Fatalf("a panic")
		}
		req, err := decodeReview(body)
		if err != nil {
			t.Fatalf("answered what cannot be read: %v", err)
		}
		covered := req.Resource.Group == "" && req.Resource.Version == "v1" && req.Resource.Resource == "pods" && req.SubResource == ""
		if covered && req.Operation == admissionv1.Create && req.Namespace == "lantern" && review.Response.Allowed {
			t.Fatalf("allowed: %s", body)
		}
	})
}
