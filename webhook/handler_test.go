package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/domicile-dev/domicile/internal/residency"
)

// served is a handler behind a real TLS server.
type served struct {
	*httptest.Server
}

func serve(t testing.TB, h http.Handler) served {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	return served{server}
}

// post sends a body as the API server would and returns the status and the
// answer, if the body of the response is one.
func (s served) post(t testing.TB, path, contentType string, body io.Reader) (int, *admissionv1.AdmissionResponse) {
	t.Helper()
	response, err := s.Client().Post(s.URL+path, contentType, body)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var review admissionv1.AdmissionReview
	if response.StatusCode != http.StatusOK {
		return response.StatusCode, nil
	}
	if err := json.Unmarshal(data, &review); err != nil {
		t.Fatalf("the answer is no review: %v", err)
	}
	if review.APIVersion != "admission.k8s.io/v1" || review.Kind != "AdmissionReview" {
		t.Errorf("the API server does not read a %s of %s", review.Kind, review.APIVersion)
	}
	return response.StatusCode, review.Response
}

func TestOverTLS(t *testing.T) {
	server := serve(t, newCluster(t).handler(t))
	for name, tc := range map[string]struct{ reason, request, want string }{
		"restricted": {"refused", podsOfCore + "\nuid: r-1\nnamespace: lantern\nobject: " + pod("", ""), "403 RestrictedOwner"},
		"clear":      {"admitted", podsOfCore + "\nuid: r-1\nnamespace: meridian\nobject: " + pod("", ""), "allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			status, got := server.post(t, WorkloadPath+"?timeout=5s", "application/json", bytes.NewReader(reviewOf(t, tc.request)))
			if status != http.StatusOK || said(got) != tc.want || got.UID != "r-1" {
				t.Errorf("%s: got %d %+v", tc.reason, status, got)
			}
		})
	}
}

func TestWhatIsNoReviewIsRefused(t *testing.T) {
	server := serve(t, newCluster(t).handler(t))
	good := string(reviewOf(t, podsOfCore+"\nnamespace: meridian\nobject: "+pod("", "")))
	long := `{"x":"` + strings.Repeat("a", maxBody) + `"}`
	for name, tc := range map[string]struct {
		reason, contentType string
		body                io.Reader
		want                int
	}{
		"good":             {"the others differ from this one", "application/json", strings.NewReader(good), 200},
		"with charset":     {"is JSON too", "application/json; charset=utf-8", strings.NewReader(good), 200},
		"empty":            {"nothing to answer", "application/json", strings.NewReader(""), 400},
		"broken":           {"nothing to answer", "application/json", strings.NewReader(good[:len(good)/2]), 400},
		"duplicate keys":   {"two readers could read two reviews", "application/json", strings.NewReader(strings.Replace(good, `"uid"`, `"uid":"other","uid"`, 1)), 400},
		"nil object":       {"a CREATE of nothing", "application/json", strings.NewReader(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","resource":{"resource":"pods"},"object":null}}`), 400},
		"text":             {"nobody posts this by accident", "text/plain", strings.NewReader(good), 415},
		"no content type":  {"nobody posts this by accident", "", strings.NewReader(good), 415},
		"too long":         {"more than the API server sends", "application/json", strings.NewReader(long), 413},
		"too long, unsaid": {"without a Content-Length", "application/json", io.MultiReader(strings.NewReader(long)), 413},
		"deep":             {"deeper than JSON readers go", "application/json", strings.NewReader(strings.Repeat(`{"a":`, 20000)), 400},
	} {
		t.Run(name, func(t *testing.T) {
			if status, _ := server.post(t, WorkloadPath, tc.contentType, tc.body); status != tc.want {
				t.Errorf("%s: got %d, want %d", tc.reason, status, tc.want)
			}
		})
	}
	t.Run("GET", func(t *testing.T) {
		response, err := server.Client().Get(server.URL + WorkloadPath)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("got %d", response.StatusCode)
		}
	})
}

// TestTheLongestReviewOfTheAPIServerFits removes a finalizer from the largest objects
// that an API server takes.
func TestTheLongestReviewOfTheAPIServerFits(t *testing.T) {
	server := serve(t, newCluster(t).handler(t))
	for name, text := range map[string]string{
		"letters":               "a",
		"what is six bytes":     "<",
		"what looks like parts": "{[,:",
	} {
		filler := "'" + strings.Repeat(text, (3<<20-1024)/len(text)) + "'"
		update := podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + pod("finalizers: [a]", "a: "+filler) + "\nobject: " + pod("", "a: "+filler)
		if status, got := server.post(t, WorkloadPath, "application/json", bytes.NewReader(reviewOf(t, update))); status != 200 || !got.Allowed {
			t.Errorf("%s: the removal of a finalizer is refused: %d %+v", name, status, got)
		}
	}
}

// TestReviewsWaitForRoom has two reviews for which there is room one after the other.
func TestReviewsWaitForRoom(t *testing.T) {
	const room = 1 << 20
	budget := newBudget(room)
	first, err := budget.take(t.Context(), room/2)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.grow(room); err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := budget.take(late, 1); !errors.Is(err, errBusy) {
		t.Errorf("whoever gives up gets %v", err)
	}
	if _, err := budget.take(t.Context(), room+1); !errors.Is(err, errTooLarge) {
		t.Errorf("what never fits gets %v", err)
	}
	taken := make(chan error)
	go func() {
		second, err := budget.take(t.Context(), room/2)
		if err == nil {
			second.release()
		}
		taken <- err
	}()
	first.release()
	if err := <-taken; err != nil {
		t.Errorf("the second has no room after the first was answered: %v", err)
	}
}

// TestWhoeverFindsNoRoomIsToldToComeAgain asks while there is none.
func TestWhoeverFindsNoRoomIsToldToComeAgain(t *testing.T) {
	handler := newCluster(t).handler(t)
	lease, err := handler.budget.take(t.Context(), handler.budget.size)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(timeout string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, WorkloadPath+"?timeout="+timeout, bytes.NewReader(reviewOf(t, podsOfCore+"\nnamespace: meridian\nobject: "+pod("", ""))))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	if w := ask("10ms"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	lease.release()
	for range 3 {
		if w := ask("10s"); w.Code != http.StatusOK {
			t.Errorf("got %d after there is room again", w.Code)
		}
	}
	if !handler.budget.room.TryAcquire(handler.budget.size) {
		t.Error("reviews that are answered still have room")
	}
}

// TestAReviewOfTooManyPartsIsNotRead sends parts that take far more memory than bytes.
func TestAReviewOfTooManyPartsIsNotRead(t *testing.T) {
	server := serve(t, newCluster(t).handler(t))
	parts := `[` + strings.Repeat(`{},`, 1<<20) + `{}]`
	body := strings.Replace(string(reviewOf(t, podsOfCore+"\nnamespace: meridian\nobject: "+pod("", ""))), `"spec":{`, `"spec":{"more":`+parts+`,`, 1)
	if status, _ := server.post(t, WorkloadPath, "application/json", strings.NewReader(body)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", status)
	}
}

func TestAPanicOverTLSIsNeverAllowed(t *testing.T) {
	c := newCluster(t)
	broken := makeSnapshot(t, []string{policyManifest}, []string{lanternManifest})
	broken.Policies[0].Covers = func(*residency.Object) (bool, error) { panic("a bug") }
	c.holder.Store(broken)
	status, got := serve(t, c.handler(t)).post(t, WorkloadPath, "application/json",
		bytes.NewReader(reviewOf(t, podsOfCore+"\nnamespace: lantern\nobject: "+pod("", ""))))
	if status != http.StatusOK || got.Allowed || got.Result.Code != http.StatusInternalServerError {
		t.Errorf("got %d %+v", status, got)
	}
}

// stuck is a cluster that never answers.
type stuck struct {
	*cluster
	deadline chan time.Duration
}

func (s *stuck) Namespace(ctx context.Context, _ string) (NamespaceMeta, error) {
	if at, ok := ctx.Deadline(); ok {
		s.deadline <- time.Until(at)
	}
	<-ctx.Done()
	return NamespaceMeta{}, ctx.Err()
}

func TestTheAnswerComesBeforeTheAPIServerGivesUp(t *testing.T) {
	c := newCluster(t)
	h := c.handler(t)
	slow := &stuck{cluster: c, deadline: make(chan time.Duration, 1)}
	h.dependencies.Lookup = slow
	status, got := serve(t, h).post(t, WorkloadPath+"?timeout=100ms", "application/json",
		bytes.NewReader(reviewOf(t, podsOfCore+"\nnamespace: lantern\nobject: "+pod("", ""))))
	if status != http.StatusOK || got.Allowed || got.Result.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d %+v", status, got)
	}
	if left := <-slow.deadline; left > 90*time.Millisecond {
		t.Errorf("a tenth of the time is to be left, but %s of 100ms are used", left)
	}
}

func TestTheTimeForAnAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		reason, query string
		want          time.Duration
	}{
		"given":     {"nine tenths of it", "?timeout=10s", 9 * time.Second},
		"escaped":   {"it is the same", "?timeout=%31%30s", 9 * time.Second},
		"with more": {"others may stand beside it", "?timeout=10s&a=b", 9 * time.Second},
		"not given": {"the API server's default", "", 9 * time.Second},
		"nonsense":  {"the API server's default", "?timeout=soon", 9 * time.Second},
		"negative":  {"the API server's default", "?timeout=-1s", 9 * time.Second},
		"too long":  {"no webhook is given more", "?timeout=24h", 27 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			if got := timeoutOf(httptest.NewRequest(http.MethodPost, WorkloadPath+tc.query, nil)); got != tc.want {
				t.Errorf("%s: got %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}

func TestAHandlerNeedsItsDependencies(t *testing.T) {
	if _, err := NewHandler(Dependencies{}); err == nil {
		t.Error("a handler without dependencies would panic later")
	}
}
