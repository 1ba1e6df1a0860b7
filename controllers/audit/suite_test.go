package audit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr/funcr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

// server is the API server of this package's tests. Admission does not run:
// everything gets in, as during an outage.
var server apiserver.Server

const within = 30 * time.Second // what is waited for takes a second or two

func TestMain(m *testing.M) {
	os.Exit(apiserver.Run(context.Background(), m, &server, "config/reports"))
}

// requests notes what is asked of the API server.
type requests struct {
	mu   sync.Mutex
	list []string
	// refuse is a part of requests that do not get through; "" is none.
	refuse string
}

func (r *requests) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		r.mu.Lock()
		request := req.Method + " " + req.URL.Path
		r.list = append(r.list, request)
		refused := r.refuse != "" && strings.Contains(request, r.refuse)
		r.mu.Unlock()
		if refused {
			return nil, errors.New("refused by the test")
		}
		return next.RoundTrip(req)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (r *requests) refusing(part string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = part
}

// take returns what was asked since it was last called.
func (r *requests) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list = nil
	return list
}

// running is an auditor at work.
type running struct {
	t         *testing.T
	holder    *snapshot.Holder
	auditor   *Auditor
	registry  *prometheus.Registry
	requested *requests
	world     snapshottest.Inputs
	audited   chan []string

	mu  sync.Mutex
	log strings.Builder
}

// start applies manifests to the API server, those of Domicile's own kinds as
// the world, and starts an auditor that ends with the test.
func start(t *testing.T, change func(*Options), manifests string) *running {
	t.Helper()
	mgr := server.Manager(t, nil)
	r := &running{t: t, holder: &snapshot.Holder{}, registry: prometheus.NewRegistry(), requested: &requests{}, audited: make(chan []string, 64)}
	r.apply(manifests)
	config := rest.CopyConfig(server.Config)
	config.Wrap(r.requested.wrap)
	objects := dynamic.NewForConfigOrDie(config)
	o := Options{
		Scanner: scan.New(scan.Options{
			Objects: objects, Metadata: metadata.NewForConfigOrDie(config), Discovery: discovery.NewDiscoveryClientForConfigOrDie(config),
			Skip: func(ns string) bool { return ns == metav1.NamespaceSystem },
		}),
		Metadata: metadata.NewForConfigOrDie(server.Config),
		Namespaces: func(ctx context.Context) ([]*residency.Namespace, error) {
			return informers.Namespaces(ctx, mgr.GetCache())
		},
		Snapshots: r.holder, Cache: mgr.GetCache(), Client: mgr.GetClient(), Objects: objects, ReportAPI: OpenReports,
		Events: mgr.GetEventRecorder("domicile"), Clock: clock.RealClock{}, Registerer: r.registry,
		Observers: []Observer{r},
		Log:       funcr.New(r.write, funcr.Options{Verbosity: 9}),
	}
	if change != nil {
		change(&o)
	}
	var err error
	if r.auditor, err = New(o); err != nil {
		t.Fatal(err)
	}
	if err := mgr.Add(r.auditor); err != nil {
		t.Fatal(err)
	}
	apiserver.Start(t, mgr)
	return r
}

func (r *running) write(prefix, args string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintln(&r.log, prefix, args)
}

func (r *running) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

// Observe implements Observer.
func (r *running) Observe(*scan.Found) {}

// Abandoned implements Observer.
func (r *running) Abandoned() {}

// Audited implements Observer.
func (r *running) Audited(namespaces []string, _ *snapshot.Snapshot, _ time.Time) {
	select {
	case r.audited <- namespaces:
	default:
	}
}

// next waits for the end of the next scan, and returns its namespaces.
func (r *running) next() []string {
	r.t.Helper()
	select {
	case namespaces := <-r.audited:
		return namespaces
	case <-time.NewTimer(within).C:
		r.t.Fatalf("no audit\n%s", r.logged())
		return nil
	}
}

// apply writes objects, deletes them with the test, and publishes the world that
// they make up with those before.
func (r *running) apply(manifests string) {
	r.t.Helper()
	for _, document := range strings.Split(manifests, "\n---\n") {
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(document), u); err != nil {
			r.t.Fatalf("%v in\n%s", err, document)
		}
		if u.Object == nil {
			continue
		}
		err := server.Apply(r.t.Context(), client.ApplyConfigurationFromUnstructured(u), client.FieldOwner("test"), client.ForceOwnership)
		if err != nil {
			r.t.Fatalf("apply %s %s: %v", u.GetKind(), u.GetName(), err)
		}
		r.t.Cleanup(func() { r.remove(u) })
		r.take(u)
	}
	r.publish()
}

func (r *running) remove(u *unstructured.Unstructured) {
	o := []client.DeleteOption{client.GracePeriodSeconds(0)}
	if err := client.IgnoreNotFound(server.Delete(context.Background(), u, o...)); err != nil {
		r.t.Errorf("delete %s %s: %v", u.GetKind(), u.GetName(), err)
	}
}

// take takes an object of Domicile's kinds into the world.
func (r *running) take(u *unstructured.Unstructured) {
	switch u.GetKind() {
	case "TenantPolicy":
		r.world.Policies = replace(r.t, r.world.Policies, u)
	case "Tenant":
		r.world.Tenants = replace(r.t, r.world.Tenants, u)
	case "LegalEntity":
		r.world.Entities = replace(r.t, r.world.Entities, u)
	case "TenantExemption":
		r.world.Exemptions = replace(r.t, r.world.Exemptions, u)
	}
}

func (r *running) publish() { r.holder.Store(snapshottest.Compile(r.world)) }

func replace[T any, P interface {
	*T
	client.Object
}](t *testing.T, list []T, u *unstructured.Unstructured) []T {
	t.Helper()
	var one T
	if err := server.Get(t.Context(), client.ObjectKeyFromObject(u), P(&one)); err != nil {
		t.Fatal(err)
	}
	list = slices.DeleteFunc(slices.Clone(list), func(o T) bool { return P(&o).GetName() == u.GetName() })
	return append(list, one)
}

// eventually waits until what is checked is no error any more.
func (r *running) eventually(what string, check func(context.Context) error) {
	r.t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(r.t.Context(), 20*time.Millisecond, within, true, func(ctx context.Context) (bool, error) {
		last = check(ctx)
		return last == nil, nil
	})
	if err != nil {
		r.t.Fatalf("%s: %v\n%s", what, last, r.logged())
	}
}

// report reads a report; nil if there is none.
func (r *running) report(api ReportAPI, namespace string) *unstructured.Unstructured {
	r.t.Helper()
	kinds := reportAPIs[api]
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(kinds.version.WithKind(kinds.kinds[of(namespace)]))
	if err := server.Get(r.t.Context(), client.ObjectKey{Namespace: namespace, Name: reportName}, u); err != nil {
		if client.IgnoreNotFound(err) != nil && !meta.IsNoMatchError(err) {
			r.t.Fatal(err)
		}
		return nil
	}
	return u
}

// rows are the results of a report: the object, and what is said of it.
func (r *running) rows(api ReportAPI, namespace string) []string {
	r.t.Helper()
	u := r.report(api, namespace)
	if u == nil {
		return nil
	}
	var rows []string
	for _, result := range resultsOf(u) {
		object, _ := result["resources"].([]any)[0].(map[string]any)
		properties, _ := result["properties"].(map[string]any)
		row := fmt.Sprint(object["kind"], "/", object["name"], " ", result["policy"], " ", result["result"], " ", result["rule"])
		for _, key := range []string{"tenant", "children", "mirror", "action"} {
			if value, ok := properties[key]; ok {
				row += fmt.Sprint(" ", key, "=", value)
			}
		}
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return rows
}
