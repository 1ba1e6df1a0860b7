package suspension

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/suspension"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

const ownNamespace = "domicile-system"

// killer is a transport that ends a run at a write, before it is sent or after
// it has been answered. Nothing gets through after that.
type killer struct {
	next  http.RoundTripper
	kill  func()
	at    int // 0 for never
	after bool

	mu     sync.Mutex
	writes []string
	dead   bool
}

var errKilled = errors.New("killed")

func (k *killer) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	if k.dead {
		k.mu.Unlock()
		return nil, errKilled
	}
	last := false
	if r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "/domicile.dev/") {
		k.writes = append(k.writes, r.Method+" "+r.URL.Path)
		last = len(k.writes) == k.at
	}
	k.dead = last
	k.mu.Unlock()
	if !last {
		return k.next.RoundTrip(r)
	}
	defer k.kill()
	if k.after {
		response, err := k.next.RoundTrip(r)
		if err == nil {
			response.Body.Close()
		}
	}
	return nil, errKilled
}

// fixed holds a snapshot that does not change.
func fixed(s *snapshot.Snapshot) *snapshot.Holder {
	h := &snapshot.Holder{}
	h.Store(s)
	return h
}

// declared is a world with one policy that suspends tenants from KP, and two
// tenants: lantern, whose party sits where it is said, and meridian, who is clear.
func declared(headquarters v1alpha1.JurisdictionCode) *snapshot.Snapshot {
	world := snapshottest.Inputs{Policies: []v1alpha1.TenantPolicy{*policy()}}
	for name, code := range map[string]v1alpha1.JurisdictionCode{"lantern": headquarters, "meridian": "NZ"} {
		world.Tenants = append(world.Tenants, v1alpha1.Tenant{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       v1alpha1.TenantSpec{Parties: []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: name}}}},
		})
		world.Entities = append(world.Entities, v1alpha1.LegalEntity{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       v1alpha1.LegalEntitySpec{DisplayName: name, Type: v1alpha1.EntityCompany, Jurisdictions: &v1alpha1.EntityJurisdictions{Headquarters: code}},
		})
	}
	return snapshottest.Compile(world)
}

// run is one process that suspends and gives back.
type run struct {
	killer  *killer
	metrics *prometheus.Registry
	done    chan struct{}
	stop    context.CancelFunc
}

// begin starts a run in a world, after a scan of what there is.
func (w *world) begin(t *testing.T, s *snapshot.Snapshot, at int, after bool) *run {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &run{done: make(chan struct{}), stop: cancel, metrics: prometheus.NewRegistry()}
	config := suspension.Once(w.Config())
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		// Each client wraps: there is one counter.
		if r.killer == nil {
			r.killer = &killer{next: next, kill: cancel, at: at, after: after}
		}
		return r.killer
	})
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	served, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	m, err := suspension.NewMetrics(r.metrics)
	if err != nil {
		t.Fatal(err)
	}
	skip := func(namespace string) bool { return namespace == ownNamespace || namespace == metav1.NamespaceSystem }
	suspender, err := suspension.New(suspension.Options{
		Enabled: true, PerMinute: 60_000, MaxTenantShare: 100, Namespace: ownNamespace, Skip: skip,
		Objects: objects, Metadata: meta, Discovery: served, Client: w.admin,
		Snapshots: fixed(s), Clock: clock.RealClock{}, Metrics: m,
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	_, err = scan.New(scan.Options{Objects: objects, Metadata: meta, Discovery: served, Skip: skip}).
		Scan(ctx, s, now, nil, func(f *scan.Found) error { suspender.Observe(f); return nil })
	if err != nil {
		t.Fatal(err)
	}
	suspender.Audited(nil, s, now)
	go func() {
		defer close(r.done)
		suspender.Start(ctx) //nolint:errcheck // it ends with the context and without an error
	}()
	t.Cleanup(func() { cancel(); <-r.done })
	return r
}

// killed says whether the run ended before there was nothing more to do.
func (r *run) killed(t *testing.T, settled func(context.Context) error) bool {
	t.Helper()
	killed := false
	var last error
	suite.Eventually(t, patience, "the run to end or to settle", func(ctx context.Context) (bool, error) {
		select {
		case <-r.done:
			killed = true
			return true, nil
		default:
		}
		last = settled(ctx)
		return last == nil, last
	})
	r.stop()
	<-r.done
	return killed
}

// object reads an object of the test.
func read[T client.Object](ctx context.Context, w *world, o T) (T, error) {
	err := w.admin.Get(ctx, client.ObjectKeyFromObject(o), o)
	return o, err
}
