package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

func TestNobodyDecidesFromAnOldWorld(t *testing.T) {
	c, old := newCluster(t), errors.New("for 11s nothing was heard")
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	d := c.handler(t).dependencies
	d.Registerer = prometheus.NewRegistry()
	d.Fresh = func() error { return old }
	mux := muxServer{http.NewServeMux()}
	if err := Register(mux, scheme, d); err != nil {
		t.Fatal(err)
	}
	server := serve(t, mux)
	same := "{kind: Tenant, apiVersion: domicile.dev/v1alpha1, metadata: {name: a}, spec: {}}"
	for name, tc := range map[string]struct {
		reason, path, request string
		age                   error
		status                int
	}{
		"workload":  {"it may be restricted by now", WorkloadPath, podsOfCore + "\nnamespace: meridian\nobject: " + pod("", ""), old, 503},
		"namespace": {"it binds one who may be restricted by now", WorkloadPath, namespaces + "\nobject: {kind: Namespace, metadata: {name: x, " + claims("meridian") + "}}", old, 503},
		"scale":     {"it grows", WorkloadPath, deployments + "\nsubResource: scale\noperation: UPDATE\nnamespace: shared\noldObject: {spec: {}}\nobject: {spec: {replicas: 1}}", old, 503},
		"no growth": {"it needs no world", WorkloadPath, podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + pod("finalizers: [a]", "") + "\nobject: " + pod("", ""), old, 200},
		"delete":    {"it needs no world", WorkloadPath, podsOfCore + "\noperation: DELETE\nnamespace: lantern\noldObject: " + pod("", ""), old, 200},
		"our own":   {"a declaration is judged by itself", TenantPath, "kind: {group: domicile.dev, version: v1alpha1, kind: Tenant}\noperation: UPDATE\noldObject: " + same + "\nobject: " + same, old, 200},
		"fresh":     {"contact is back", WorkloadPath, podsOfCore + "\nnamespace: meridian\nobject: " + pod("", ""), nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			defer func(before error) { old = before }(old)
			old = tc.age
			response, err := server.Client().Post(server.URL+tc.path, "application/json", bytes.NewReader(reviewOf(t, tc.request)))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != tc.status || response.Close != (tc.age != nil) {
				t.Errorf("%s: got %d, and the connection ends: %t", tc.reason, response.StatusCode, response.Close)
			}
			if tc.status == http.StatusOK {
				return
			}
			var status metav1.Status
			if err := json.NewDecoder(response.Body).Decode(&status); err != nil {
				t.Fatal(err)
			}
			if response.Header.Get("Retry-After") != "1" || status.Code != 503 || !strings.Contains(status.Message, "for 11s nothing was heard") {
				t.Errorf("the API server is to try again, with another replica: %v %+v", response.Header, status)
			}
		})
	}
}

// muxServer is a Server for tests.
type muxServer struct{ *http.ServeMux }

func (m muxServer) Register(path string, handler http.Handler) { m.Handle(path, handler) }

// TestWhoStopsAnswersToTheEnd ends the server's context in the middle of an answer.
func TestWhoStopsAnswersToTheEnd(t *testing.T) {
	leaving, asked, stopped := false, make(chan struct{}), make(chan struct{})
	d := Dependencies{Leaving: func() bool { return leaving }}
	handler := d.leaving(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-stopped
		if r.Context().Err() != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	ctx, stop := context.WithCancel(t.Context())
	answered, w := make(chan struct{}), httptest.NewRecorder()
	go func() {
		handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, WorkloadPath, nil))
		close(answered)
	}()
	<-asked
	stop()
	close(stopped)
	<-answered
	if w.Code != http.StatusOK || w.Header().Get("Connection") != "" {
		t.Errorf("a request that had begun: got %d %v", w.Code, w.Header())
	}

	leaving, asked = true, make(chan struct{})
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, WorkloadPath, nil))
	if w.Header().Get("Connection") != "close" {
		t.Error("the connection stays open while the replica is going")
	}
}
