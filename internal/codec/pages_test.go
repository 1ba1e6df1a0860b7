package codec_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/codec"
)

// list is a list as the API server writes it.
func list(next string, items ...string) string {
	return fmt.Sprintf(`{"apiVersion":"domicile.dev/v1alpha1","items":[%s],"kind":"TenantList","metadata":{"continue":%q,"resourceVersion":"900"}}`,
		strings.Join(items, ","), next)
}

// follow starts a server of these pages, by the token that they are asked for with, and
// returns a short text for each event.
func follow(t *testing.T, pages map[string]string) (told []string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("watch") != "" || r.URL.Query().Get("limit") == "" || r.URL.Query().Has("resourceVersion") {
			t.Errorf("asked for %s, want a consistent page of a list", r.URL)
		}
		page := pages[r.URL.Query().Get("continue")]
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(page, `"code":410`) {
			w.WriteHeader(http.StatusGone)
		}
		_, _ = w.Write([]byte(page))
	}))
	defer server.Close()
	lw, err := codec.ListWatch(&rest.Config{Host: server.URL}, server.Client(), scheme, kind, "tenants", func() codec.Object { return &v1alpha1.Tenant{} })
	if err != nil {
		t.Fatal(err)
	}
	w, err := toolscache.ToListerWatcherWithContext(lw).WatchWithContext(t.Context(), metav1.ListOptions{SendInitialEvents: ptr.To(true)})
	if err != nil {
		return []string{"refused: " + err.Error()}
	}
	defer w.Stop()
	for e := range w.ResultChan() {
		switch o := e.Object.(type) {
		case *v1alpha1.Tenant:
			told = append(told, fmt.Sprint(e.Type, " ", o.Name, o.ResourceVersion, o.Annotations[metav1.InitialEventsAnnotationKey]))
		case *metav1.Status:
			told = append(told, fmt.Sprint(e.Type, " ", o.Reason))
		}
	}
	return told
}

// TestWatchBeginsWithLists tells all that there is from the pages of a list.
func TestWatchBeginsWithLists(t *testing.T) {
	gone := `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old","reason":"Expired","code":410}`
	for name, tc := range map[string]struct {
		reason string
		pages  map[string]string
		want   []string
	}{
		"none":               {"a cluster without a tenant", map[string]string{"": list("")}, []string{"BOOKMARK 900true"}},
		"items are null":     {"as above, in another way", map[string]string{"": strings.Replace(list(""), "[]", "null", 1)}, []string{"BOOKMARK 900true"}},
		"one page":           {"the common case", map[string]string{"": list("", tenant("a"), tenant("b"))}, []string{"ADDED a812", "ADDED b812", "BOOKMARK 900true"}},
		"several pages":      {"a token leads to the next one", map[string]string{"": list("x", tenant("a")), "x": list("y", tenant("b")), "y": list("", tenant("c"))}, []string{"ADDED a812", "ADDED b812", "ADDED c812", "BOOKMARK 900true"}},
		"metadata first":     {"the order of members says nothing", map[string]string{"": `{"metadata":{"resourceVersion":"7"},"more":[{}],"items":[` + tenant("a") + `]}`}, []string{"ADDED a812", "BOOKMARK 7true"}},
		"the token is old":   {"the informer begins again", map[string]string{"": list("x", tenant("a")), "x": gone}, []string{"ADDED a812", "ERROR Expired"}},
		"refused":            {"the informer learns at once why", map[string]string{"": gone}, []string{"refused: list tenants: too old"}},
		"cut off":            {"what is missing must not count as deleted", map[string]string{"": list("", tenant("a"), tenant("b"))[:1500]}, []string{"ADDED a812", "ERROR InternalError"}},
		"cut off at the end": {"as above: there may be a token", map[string]string{"": `{"items":[` + tenant("a") + `]`}, []string{"ADDED a812", "ERROR InternalError"}},
		"no list":            {"as above", map[string]string{"": `{}`}, []string{"ERROR InternalError"}},
		"items are no list":  {"as above", map[string]string{"": `{"items":{},"metadata":{"resourceVersion":"7"}}`}, []string{"ERROR InternalError"}},
		"not an object":      {"it can't be read", map[string]string{"": list("", tenant("a"), `7`, tenant("b"))}, []string{"ADDED a812", "ERROR InternalError"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, follow(t, tc.pages)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestWatchStopsAmongLists stops a watch of which not everything was told.
func TestWatchStopsAmongLists(t *testing.T) {
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"items":[` + tenant("a")))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(ended)
	}))
	defer server.Close()
	lw, err := codec.ListWatch(&rest.Config{Host: server.URL}, server.Client(), scheme, kind, "tenants", func() codec.Object { return &v1alpha1.Tenant{} })
	if err != nil {
		t.Fatal(err)
	}
	w, err := toolscache.ToListerWatcherWithContext(lw).WatchWithContext(t.Context(), metav1.ListOptions{SendInitialEvents: ptr.To(true)})
	if err != nil {
		t.Fatal(err)
	}
	if e := <-w.ResultChan(); e.Type != watch.Added {
		t.Errorf("%s first, want ADDED", e.Type)
	}
	w.Stop()
	<-ended
	for range w.ResultChan() { // it is closed in the end
	}
}
