package scan

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

// The API server of this package's tests.
var (
	serverConfig *rest.Config
	server       client.Client
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := withServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withServer(tests func() int) (code int, err error) {
	ctrl.SetLogger(logr.Discard())
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if assets == "" {
		if assets, err = filepath.Abs(filepath.Join("..", "..", "bin", "envtest")); err != nil {
			return 1, err
		}
	}
	environment := &envtest.Environment{BinaryAssetsDirectory: assets}
	if serverConfig, err = environment.Start(); err != nil {
		return 1, fmt.Errorf("start the API server (is it there? make controlplane): %w", err)
	}
	defer func() { err = errors.Join(err, environment.Stop()) }()
	serverConfig.QPS = -1
	if server, err = client.New(serverConfig, client.Options{}); err != nil {
		return 1, err
	}
	return tests(), nil
}

// meddler stands between the scanner and the API server.
type meddler struct {
	mu       sync.Mutex
	requests []string
	// answer answers in place of the API server; nil lets the request through.
	answer func(r *http.Request) *answer
}

func (m *meddler) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.requests = append(m.requests, r.Method+" "+r.URL.Path+" "+r.Header.Get("Accept"))
		if m.answer != nil {
			if a := m.answer(r); a != nil {
				return &http.Response{
					StatusCode: a.code, Request: r, Header: http.Header{"Content-Type": {a.contentType}},
					Body: io.NopCloser(bytes.NewBufferString(a.body)),
				}, nil
			}
		}
		return next.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answer is what the API server is made to say.
type answer struct {
	code              int
	contentType, body string
}

// status is a failure as the API server tells it.
func status(code int, reason metav1.StatusReason) *answer {
	body := fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"meddled","reason":%q,"code":%d}`, reason, code)
	return &answer{code, "application/json", body}
}

func scanner(m *meddler, pageSize int64) *Scanner {
	config := rest.CopyConfig(serverConfig)
	config.Wrap(m.wrap)
	return New(Options{
		Objects: dynamic.NewForConfigOrDie(config), Metadata: metadata.NewForConfigOrDie(config),
		Discovery: discovery.NewDiscoveryClientForConfigOrDie(config), PageSize: pageSize,
		Skip: func(namespace string) bool { return namespace == metav1.NamespaceSystem },
	})
}

// row is what tests look at of an object that was found.
type row struct {
	Object, Tenant, Decision, Maker string
	GPUs                            int64
}

// found runs a scan and keeps what is in namespaces with a prefix.
func found(t *testing.T, s *Scanner, w *snapshot.Snapshot, namespaces []string, prefix string) ([]row, Stats, error) {
	t.Helper()
	var rows []row
	names := map[string]string{}
	stats, err := s.Scan(t.Context(), w, time.Now(), namespaces, func(f *Found) error {
		u := f.Content
		names[string(u.GetUID())] = u.GetName()
		if !strings.HasPrefix(u.GetNamespace()+u.GetName(), prefix) {
			return nil
		}
		r := row{Object: u.GetKind() + "/" + u.GetName(), Tenant: f.Tenant, Maker: names[string(f.Maker)], GPUs: f.GPUs}
		for _, d := range f.Decisions {
			r.Decision += fmt.Sprintf("%s:%s ", d.Policy, d.Reason)
		}
		rows = append(rows, r)
		return nil
	})
	return rows, stats, err
}

// apply writes objects, and deletes them with the test. It returns the UID of
// the first.
func apply(t *testing.T, manifests string) string {
	t.Helper()
	uid := ""
	for _, document := range strings.Split(manifests, "\n---\n") {
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(document), u); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		if err := server.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(u), client.FieldOwner("test"), client.ForceOwnership); err != nil {
			t.Fatalf("apply %s %s: %v", u.GetKind(), u.GetName(), err)
		}
		if err := server.Get(t.Context(), client.ObjectKeyFromObject(u), u); err != nil {
			t.Fatal(err)
		}
		if uid == "" {
			uid = string(u.GetUID())
		}
		t.Cleanup(func() {
			if err := client.IgnoreNotFound(server.Delete(context.Background(), u, client.GracePeriodSeconds(0))); err != nil {
				t.Error(err)
			}
		})
	}
	return uid
}

// world has a policy with some match, a tenant "bad" that it restricts and one,
// "good", that it does not.
func world(t *testing.T, match string) *snapshot.Snapshot {
	t.Helper()
	var w struct {
		Policies []v1alpha1.TenantPolicy
		Tenants  []v1alpha1.Tenant
		Entities []v1alpha1.LegalEntity
	}
	err := yaml.UnmarshalStrict([]byte(`
policies: [{metadata: {name: p}, spec: {jurisdictions: {blocked: [KP]}, match: `+match+`}}]
entities:
- {metadata: {name: bad}, spec: {displayName: Bad, type: Company, jurisdictions: {headquarters: KP}}}
- {metadata: {name: good}, spec: {displayName: Good, type: Company, jurisdictions: {headquarters: NZ}}}
tenants:
- {metadata: {name: bad}, spec: {parties: [{role: Customer, entity: {name: bad}}], namespaces: {selector: {}}}}
- {metadata: {name: good}, spec: {parties: [{role: Customer, entity: {name: good}}], namespaces: {selector: {}}}}
`), &w)
	if err != nil {
		t.Fatal(err)
	}
	return snapshottest.Compile(snapshottest.Inputs{Policies: w.Policies, Tenants: w.Tenants, Entities: w.Entities})
}

func sorted(rows []row) []row {
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.Object, b.Object) })
	return rows
}
