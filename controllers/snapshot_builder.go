package controllers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/sync/singleflight"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const (
	// batchWindow is the time between two snapshots. A change after a quiet time
	// is followed at once; more changes are collected until the window is over,
	// and do not extend it, so a stream of them cannot hold the snapshot back.
	batchWindow = 50 * time.Millisecond

	// heartbeat is how often an idle builder shows that it is alive.
	heartbeat = 10 * time.Second

	// deadAfter is when a builder that has shown no sign of life is held to be
	// stuck. Building from the largest world that fits in memory takes seconds.
	deadAfter = 3 * time.Minute
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenantpolicies;tenants;legalentities;tenantexemptions,verbs=get;list;watch

// SnapshotBuilder compiles what admission decides from out of the informers on
// TenantPolicy, Tenant, LegalEntity and TenantExemption, and publishes it. It runs on every
// replica.
type SnapshotBuilder struct {
	cache   cache.Cache
	live    client.Reader
	holder  *snapshot.Holder
	bulk    *Registers
	clock   clock.WithTicker
	metrics *Metrics
	log     logr.Logger

	kick    chan struct{}
	current atomic.Pointer[compiled]
	rebuilt broadcast
	started atomic.Bool
	beat    atomic.Int64       // Unix nanoseconds
	reads   singleflight.Group // live ones, by Tenant
	warmed  time.Time          // the boundary that was last prepared for
}

// NewSnapshotBuilder makes a builder that reads from the cache, reads live what
// is too new for the cache, adds the registers, and publishes to the holder.
func NewSnapshotBuilder(c cache.Cache, live client.Reader, r *Registers, holder *snapshot.Holder, cl clock.WithTicker, m *Metrics, log logr.Logger) *SnapshotBuilder {
	b := &SnapshotBuilder{cache: c, live: live, bulk: r, holder: holder, clock: cl, metrics: m, log: log, kick: make(chan struct{}, 1)}
	b.alive()
	return b
}

// NeedLeaderElection says no: every replica answers requests.
func (b *SnapshotBuilder) NeedLeaderElection() bool { return false }

// Start builds the first snapshot as soon as the informers are in sync and every
// register was tried, and the next one after each change, until the context ends.
func (b *SnapshotBuilder) Start(ctx context.Context) error {
	b.alive()
	b.started.Store(true)
	if err := b.watch(ctx); err != nil {
		return err
	}
	alive := b.clock.NewTicker(heartbeat)
	defer alive.Stop()
	for {
		bulk := b.bulk.changed.Changed()
		if err := b.build(ctx); err != nil {
			return err
		}
		if !b.waitForChange(ctx, alive.C(), bulk) {
			return nil
		}
	}
}

// Current is the snapshot that was built last; nil before the first one.
func (b *SnapshotBuilder) Current() *snapshot.Snapshot {
	if current := b.current.Load(); current != nil {
		return current.snapshot
	}
	return nil
}

// Changed is closed when the next snapshot has been built. Whoever waits asks
// for it before asking for the current one.
func (b *SnapshotBuilder) Changed() <-chan struct{} { return b.rebuilt.Changed() }

// alive is a sign of life.
func (b *SnapshotBuilder) alive() {
	now := b.clock.Now()
	b.beat.Store(now.UnixNano())
	b.metrics.heartbeat.Set(timestamp(now))
}

// Alive is an error when the builder has been stuck for minutes. Before Start
// there is nothing to be stuck: the informers wait for the API server, and
// another manager in this one's place would wait longer.
func (b *SnapshotBuilder) Alive() error {
	if !b.started.Load() {
		return nil
	}
	if silent := b.clock.Since(time.Unix(0, b.beat.Load())); silent > deadAfter {
		return fmt.Errorf("the snapshot builder has been silent for %s", silent.Round(time.Second))
	}
	return nil
}

func (b *SnapshotBuilder) watch(ctx context.Context) error {
	kinds := []client.Object{&v1alpha1.TenantPolicy{}, &v1alpha1.Tenant{}, &v1alpha1.LegalEntity{}, &v1alpha1.TenantExemption{}}
	synced := make([]toolscache.InformerSynced, 0, len(kinds))
	for _, kind := range kinds {
		informer, err := b.cache.GetInformer(ctx, kind)
		if err != nil {
			return fmt.Errorf("watch %T: %w", kind, err)
		}
		registration, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { b.notice() },
			DeleteFunc: func(any) { b.notice() },
			UpdateFunc: func(before, after any) {
				if matters(before, after) {
					b.notice()
				}
			},
		})
		if err != nil {
			return fmt.Errorf("watch %T: %w", kind, err)
		}
		synced = append(synced, registration.HasSynced)
	}
	if !toolscache.WaitForCacheSync(ctx.Done(), synced...) && ctx.Err() == nil {
		return errors.New("the informers did not get in sync")
	}
	return nil
}

// matters says whether a change can change a decision. Status does not, so that
// what the controllers write does not make them build again.
func matters(before, after any) bool {
	b, okBefore := before.(client.Object)
	a, okAfter := after.(client.Object)
	return !okBefore || !okAfter || b.GetUID() != a.GetUID() || b.GetGeneration() != a.GetGeneration() ||
		!maps.Equal(b.GetLabels(), a.GetLabels())
}

func (b *SnapshotBuilder) notice() {
	b.metrics.backlog.notice(b.clock.Now())
	select {
	case b.kick <- struct{}{}:
	default: // a build is due anyway
	}
}

// waitForChange returns when something has changed and the last build was a
// batchWindow ago, or when a day begins on which the graph stands otherwise;
// false when the context has ended.
func (b *SnapshotBuilder) waitForChange(ctx context.Context, alive <-chan time.Time, bulk <-chan struct{}) bool {
	window := b.clock.NewTimer(batchWindow)
	defer window.Stop()
	boundary, stop := b.boundary()
	defer stop()
	for {
		b.alive()
		select {
		case <-ctx.Done():
			return false
		case <-alive:
			b.warm()
		case <-boundary:
			return true
		case <-bulk:
			bulk = nil
			b.notice()
		case <-b.kick:
			select {
			case <-ctx.Done():
				return false
			case <-window.C():
			}
			// What was noticed until now is in the caches by now.
			select {
			case <-b.kick:
			default:
			}
			return true
		}
	}
}

func (b *SnapshotBuilder) build(ctx context.Context) error {
	started := b.clock.Now()
	b.metrics.backlog.begin()
	registers := b.bulk.load()
	if registers == nil {
		return nil // they come before the first snapshot
	}
	in, err := listInputs(ctx, b.cache)
	if err != nil {
		return fmt.Errorf("build the snapshot: %w", err)
	}
	in.registers = *registers
	next := in.compile()
	next.prepare(b.clock.Now())
	previous := b.current.Swap(next)
	if previous == nil || previous.snapshot.Revision != next.snapshot.Revision || previous.outdated(b.clock.Now()) {
		b.holder.Store(next.snapshot)
		b.metrics.published(next, b.clock.Now())
		b.log.Info("Published a snapshot", "snapshotRevision", next.snapshot.Revision,
			"policies", len(next.policies), "tenants", len(next.tenants), "entities", len(next.entities))
	}
	b.metrics.backlog.done()
	b.metrics.buildSeconds.Observe(b.clock.Since(started).Seconds())
	b.rebuilt.wake()
	return nil
}
