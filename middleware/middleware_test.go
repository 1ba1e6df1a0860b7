package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/middleware"
)

// TestTheMiddlewareServesNothingThatIsNotAllowed holds what becomes of a request by
// what the gateway says, and that its body is whole.
func TestTheMiddlewareServesNothingThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		reason string
		status int
		want   string
	}{
		"allowed":   {"the upstream gets all of it", http.StatusOK, "served 20 bytes of wren"},
		"refused":   {"the client gets what the gateway says", http.StatusForbidden, "no"},
		"unknown":   {"not knowing is no answer", http.StatusServiceUnavailable, "no"},
		"redirects": {"what is not 200 is not allowed", http.StatusNoContent, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked http.Header
			var told []byte
			gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.Header
				told, _ = io.ReadAll(r.Body) // what is missing fails the test
				w.Header().Set("X-Domicile-Tenant", "wren")
				w.WriteHeader(tc.status)
				if tc.status != http.StatusOK && tc.status != http.StatusNoContent {
					_, _ = io.WriteString(w, "no") // as above
				}
			}))
			defer gateway.Close()
			wrap, err := middleware.New(middleware.Options{Gateway: gateway.URL, AccessPoint: "public", MaxBody: 8})
			if err != nil {
				t.Fatal(err)
			}
			upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) // as above
				_, _ = io.WriteString(w, "served "+map[int]string{20: "20"}[len(body)]+" bytes of "+r.Header.Get(middleware.TenantHeader))
			})
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/chat?x=1", strings.NewReader(strings.Repeat("x", 20)))
			r.Header.Set("X-Forwarded-Uri", "/elsewhere")
			r.Header.Set("X-Domicile-Tenant", "somebody")
			r.Header["Connection"] = []string{"close, x-domicile-tenant", "X-Domicile-Tenant"}
			r.Trailer = http.Header{"X-Api-Key": {"somebody's"}}
			watched := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if len(r.Trailer) > 0 {
					t.Errorf("the upstream gets what nobody was asked about: %v", r.Trailer)
				}
				if strings.Contains(strings.ToLower(strings.Join(r.Header["Connection"], ",")), "tenant") {
					t.Errorf("a proxy would drop the tenant: %q", r.Header["Connection"])
				}
				upstream(w, r)
			})
			w := httptest.NewRecorder()
			wrap(watched).ServeHTTP(w, r)
			if w.Code != tc.status || w.Body.String() != tc.want {
				t.Errorf("%s: %d %q, want %d %q", tc.reason, w.Code, w.Body, tc.status, tc.want)
			}
			if got := asked.Values("X-Forwarded-Uri"); len(got) != 1 || got[0] != "/v1/chat?x=1" {
				t.Errorf("the gateway is told the path %q", got)
			}
			if len(told) != 9 || asked.Get("X-Domicile-Body-Cut") == "" {
				t.Errorf("the gateway gets %d bytes, and is not told that there are more", len(told))
			}
		})
	}
	wrap, err := middleware.New(middleware.Options{Gateway: "http://127.0.0.1:1", AccessPoint: "public"})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	wrap(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("without a gateway: %d", w.Code)
	}
}
