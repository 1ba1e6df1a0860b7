package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// FieldOwner is the owner of what the auditor applies.
const FieldOwner = "domicile-audit"

// Observer is told of everything that scans come across. The auditor calls it
// from one goroutine.
type Observer interface {
	// Observe is called for each object that a scan comes across.
	Observe(f *scan.Found)
	// Audited says that these namespaces (nil: the whole cluster) have been gone
	// through, as of a snapshot and an instant, and with them everything that has become due
	// until then; the snapshot is nil as long as something is to be gone through again.
	Audited(namespaces []string, w *snapshot.Snapshot, at time.Time)
	// Abandoned says that the scan failed: what was observed since the last call
	// is to be forgotten.
	Abandoned()
}

// Options are what an Auditor works with. All but Interval, Observers and Log are
// required.
type Options struct {
	// Scanner goes over the cluster.
	Scanner *scan.Scanner
	// Snapshots has what is decided from.
	Snapshots *snapshot.Holder
	// Cache tells when Namespaces change.
	Cache cache.Cache
	// Namespaces lists those that the cache has.
	Namespaces func(context.Context) ([]*residency.Namespace, error)
	// Metadata watches what Secrets say of themselves.
	Metadata metadata.Interface
	// Client reads policies and tenants from the cache, and applies status.
	Client client.Client
	// Objects writes reports.
	Objects dynamic.Interface
	// ReportAPI says which kind of reports to write; NoReports is none.
	ReportAPI ReportAPI
	// Events records what is found anew.
	Events events.EventRecorder
	// Interval is the time between two sweeps over the whole cluster. 0 is never:
	// then there is one at the start, and when what policies cover changes.
	Interval time.Duration
	// Asks compares what admission is asked about with what it was: it lists the
	// namespaces in which it is asked about more, if nothing else has changed. Nil takes
	// every change for another one.
	Asks func(before, after []admissionv1.ValidatingWebhook) (namespaces []string, ok bool)
	// Observers are told of everything that is found.
	Observers []Observer
	// Clock tells the time.
	Clock clock.WithTicker
	// Registerer takes the metrics.
	Registerer prometheus.Registerer
	// Log takes what the operator should know. The zero value discards it.
	Log logr.Logger
}

const (
	// settle is how long to wait for more of what makes a scan necessary.
	settle = 500 * time.Millisecond
	// firstRetry and lastRetry bound the time until what failed is tried again.
	firstRetry, lastRetry = 2 * time.Second, 5 * time.Minute
	// lookAgain bounds the wait for a boundary in time: timers count seconds, and
	// the machine may sleep or its clock be set.
	lookAgain = time.Hour
	// eventsPerSecond and eventBurst bound events. What is held back is told
	// after a later scan.
	eventsPerSecond, eventBurst = 1, 20
)

// Auditor goes over the cluster when there is reason to, one scan at a time.
type Auditor struct {
	options Options
	metrics *metrics
	reports *reports
	limiter *rate.Limiter
	changed changedNamespaces
	unasked unasked

	// What follows belongs to the goroutine of Start.
	view      view                // what was last looked at
	due       due                 // what is to be scanned
	notBefore time.Time           // when that may begin
	again     due                 // what failed, and is to be scanned again
	againAt   time.Time           // when that becomes due
	nextSweep time.Time           // zero for never
	certainAt time.Time           // when to look once more for what nobody asked about; zero for never
	retry     time.Duration       // how long to wait after the next failure
	gaps      map[string]bool     // that are known
	judged    map[string]bool     // policies that the latest sweep knew
	summaries map[string]*summary // by namespace; "" is what is in none
	told      map[string]int      // violations by tenant or policy that events told of
	unsettled bool                // whether status is still to be written
}

// New makes an Auditor.
func New(o Options) (*Auditor, error) {
	if o.Scanner == nil || o.Snapshots == nil || o.Cache == nil || o.Namespaces == nil || o.Client == nil || o.Objects == nil ||
		o.Metadata == nil || o.Events == nil || o.Clock == nil || o.Registerer == nil {
		return nil, errors.New("a dependency is missing")
	}
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, err
	}
	r, err := newReports(o.Objects, o.ReportAPI, o.Clock, m, o.Log)
	if err != nil {
		return nil, err
	}
	return &Auditor{
		options: o, metrics: m, reports: r, limiter: rate.NewLimiter(eventsPerSecond, eventBurst),
		summaries: map[string]*summary{}, told: map[string]int{}, retry: firstRetry,
	}, nil
}

// NeedLeaderElection says yes: one sweep is enough.
func (a *Auditor) NeedLeaderElection() bool { return true }

// Start scans whatever there is reason to scan until the context ends.
func (a *Auditor) Start(ctx context.Context) error {
	for _, watch := range []func(context.Context) error{a.watch, a.watchConfiguration} {
		if err := watch(ctx); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
	}
	secrets := secretWatch{auditor: a}
	if err := secrets.begin(ctx); err != nil {
		a.options.Log.Error(err, "Could not watch Secrets yet")
	}
	go secrets.run(ctx)
	a.due.everything = true
	for ctx.Err() == nil {
		replaced, noticed := a.options.Snapshots.Changed(), a.unasked.changed.Changed()
		w := a.options.Snapshots.Load()
		if w != nil {
			a.look(ctx, w)
			now := a.options.Clock.Now()
			if a.due.any() && !now.Before(a.notBefore) {
				a.scan(ctx, w)
				continue
			}
			if a.unsettled && !now.Before(a.againAt) {
				a.settleStatus(ctx)
				continue
			}
		}
		a.wait(ctx, replaced, noticed, a.wakeAt(w))
	}
	return nil
}

// look finds out whether there is reason to scan anything.
func (a *Auditor) look(ctx context.Context, w *snapshot.Snapshot) {
	now, wasDue := a.options.Clock.Now(), a.due.any()
	namespaces, everything := a.changed.take()
	a.due.everything = a.due.everything || everything
	for _, namespace := range namespaces {
		a.due.add(namespace)
	}
	a.lookUnasked(now)
	if a.again.any() && !now.Before(a.againAt) {
		a.due.merge(a.again)
		a.again = due{}
	}
	if a.view.outdated(w, now) {
		seen := newView(w, now)
		everything, tenants := seen.since(a.view)
		worlds := []*snapshot.Snapshot{w}
		if a.view.world != nil {
			worlds = append(worlds, a.view.world)
		}
		a.view = seen
		a.due.everything = a.due.everything || everything
		if len(tenants) > 0 && !a.due.everything {
			a.dueOf(ctx, worlds, tenants)
		}
	}
	swept := a.nextSweep.IsZero() || now.Before(a.nextSweep) || a.again.everything
	if !swept || a.reports.appeared(ctx) {
		a.due.everything = true
	}
	if a.due.any() && !wasDue {
		a.notBefore = later(a.notBefore, now.Add(settle))
	}
}

// wakeAt is when there may be something to do although nothing changes.
func (a *Auditor) wakeAt(w *snapshot.Snapshot) time.Time {
	now := a.options.Clock.Now()
	at := now.Add(lookAgain)
	if w == nil {
		return at
	}
	sooner := func(t time.Time, matters bool) {
		if matters && !t.IsZero() && t.Before(at) {
			at = t
		}
	}
	sooner(a.nextSweep, !a.due.everything && !a.again.everything)
	sooner(a.reports.lookAt, true)
	sooner(a.view.until, true)
	sooner(a.certainAt, true)
	sooner(a.againAt, a.again.any() || a.unsettled)
	sooner(a.notBefore, a.due.any())
	return at
}

func (a *Auditor) wait(ctx context.Context, replaced, noticed <-chan struct{}, until time.Time) {
	timer := a.options.Clock.NewTimer(max(until.Sub(a.options.Clock.Now()), time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-replaced:
	case <-noticed:
	case <-a.changed.wake():
	case <-timer.C():
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
