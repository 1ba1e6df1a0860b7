package snapshot

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/internal/kinds"
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

//+kubebuilder:rbac:groups=domicile.dev,resources=tenantpolicies;tenants;legalentities;tenantexemptions;accesspoints,verbs=get;list;watch

// Builder makes what admission decides from out of what the informers on
// TenantPolicy, Tenant, LegalEntity, TenantExemption and AccessPoint tell, and publishes it. It
// runs on every replica.
type Builder struct {
	cache   cache.Cache
	live    client.Reader
	holder  *snapshot.Holder
	clock   clock.WithTicker
	metrics *metrics
	log     logr.Logger

	pending   pendingChanges
	untaken   backlog                            // of changes of objects
	registers atomic.Pointer[snapshot.Registers] // nil until all were tried
	loaded    *snapshot.Registers                // in the current snapshot
	kinds     atomic.Pointer[kinds.Found]        // nil until all definitions were read
	covered   *kinds.Found                       // in the current snapshot
	kick      chan struct{}
	// needsKinds is set before Start.
	needsKinds bool
	started    atomic.Bool
	beat       atomic.Int64       // Unix nanoseconds
	reads      singleflight.Group // live ones, by Tenant
	warmed     time.Time          // the boundary that was last prepared for
}

// New makes a builder that reads from the cache, reads live what is too new for the
// cache, and publishes to the holder.
func New(c cache.Cache, live client.Reader, holder *snapshot.Holder, cl clock.WithTicker, r prometheus.Registerer, log logr.Logger) (*Builder, error) {
	m, err := newMetrics(r)
	if err != nil {
		return nil, err
	}
	b := &Builder{cache: c, live: live, holder: holder, clock: cl, metrics: m, log: log, kick: make(chan struct{}, 1)}
	b.pending.noticed = func() {
		b.untaken.notice(b.clock.Now())
		b.notice()
	}
	b.alive()
	return b, nil
}

// UseRegisters takes over the merged data of all registers. The first snapshot waits
// for it: it would else know less than those of other replicas.
func (b *Builder) UseRegisters(r snapshot.Registers) {
	b.registers.Store(&r)
	b.notice()
}

// UseKinds takes over the kinds that hold Pods by their definitions. The first snapshot
// waits for them if WaitForKinds was called.
func (b *Builder) UseKinds(found kinds.Found) {
	b.kinds.Store(&found)
	b.notice()
}

// WaitForKinds makes the first snapshot wait for UseKinds: a replica that leads would
// else have API servers ask about less than before, for a moment.
func (b *Builder) WaitForKinds() { b.needsKinds = true }

// NeedLeaderElection says no: every replica answers requests.
func (b *Builder) NeedLeaderElection() bool { return false }

// Start builds the first snapshot as soon as the informers are in sync and every
// register was tried, and the next one after each change, until the context ends.
func (b *Builder) Start(ctx context.Context) error {
	b.alive()
	b.started.Store(true)
	if err := b.watch(ctx); err != nil {
		return err
	}
	alive := b.clock.NewTicker(heartbeat)
	defer alive.Stop()
	for {
		b.build()
		if !b.waitForChange(ctx, alive.C()) {
			return nil
		}
	}
}

// alive is a sign of life.
func (b *Builder) alive() {
	now := b.clock.Now()
	b.beat.Store(now.UnixNano())
	b.metrics.heartbeat.Set(metric.Timestamp(now))
}

// Alive is an error when the builder has been stuck for minutes. Before Start
// there is nothing to be stuck: the informers wait for the API server, and
// another manager in this one's place would wait longer.
func (b *Builder) Alive() error {
	if !b.started.Load() {
		return nil
	}
	if silent := b.clock.Since(time.Unix(0, b.beat.Load())); silent > deadAfter {
		return fmt.Errorf("the snapshot builder has been silent for %s", silent.Round(time.Second))
	}
	return nil
}

// Behind is for how long the snapshot has lacked a change of an object that an informer
// has told; 0 if it lacks none.
func (b *Builder) Behind() time.Duration {
	since := b.untaken.oldest()
	if since.IsZero() {
		return 0
	}
	return b.clock.Since(since)
}

func (b *Builder) watch(ctx context.Context) error {
	kinds := map[string]client.Object{
		"TenantPolicy": &v1alpha1.TenantPolicy{}, "Tenant": &v1alpha1.Tenant{},
		"LegalEntity": &v1alpha1.LegalEntity{}, "TenantExemption": &v1alpha1.TenantExemption{},
		"AccessPoint": &v1alpha1.AccessPoint{},
	}
	var synced []toolscache.InformerSynced
	for kind, handler := range b.pending.handlers() {
		informer, err := b.cache.GetInformer(ctx, kinds[kind])
		if err != nil {
			return fmt.Errorf("watch %s: %w", kind, err)
		}
		registration, err := informer.AddEventHandler(handler)
		if err != nil {
			return fmt.Errorf("watch %s: %w", kind, err)
		}
		synced = append(synced, registration.HasSynced)
	}
	if !toolscache.WaitForCacheSync(ctx.Done(), synced...) && ctx.Err() == nil {
		return errors.New("the informers did not get in sync")
	}
	return nil
}

func (b *Builder) notice() {
	b.metrics.backlog.notice(b.clock.Now())
	select {
	case b.kick <- struct{}{}:
	default: // a build is due anyway
	}
}

// waitForChange returns when something has changed and the last build was a
// batchWindow ago, or when a day begins on which the graph stands otherwise;
// false when the context has ended.
func (b *Builder) waitForChange(ctx context.Context, alive <-chan time.Time) bool {
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

// build makes the next snapshot of what was noticed, and publishes it. What does
// not change a decision wakes nobody.
func (b *Builder) build() {
	started := b.clock.Now()
	b.metrics.backlog.begin()
	b.untaken.begin()
	registers := b.registers.Load()
	found := b.kinds.Load()
	if registers == nil || b.needsKinds && found == nil {
		return // they come before the first snapshot
	}
	current, changes := b.holder.Load(), b.pending.take()
	if registers != b.loaded {
		changes.Registers, b.loaded = registers, registers
	}
	if found != b.covered {
		changes.Found, b.covered = found, found
	}
	before := current
	if before == nil {
		before = snapshot.New()
	}
	next := before.With(changes)
	if next.Verdicts != nil && !next.Outdated(started) {
		b.holder.Replace(next)
	} else {
		b.holder.Store(next.At(b.clock.Now()))
		b.metrics.published(current, next, b.clock.Now())
		b.log.Info("Published a snapshot", "snapshotRevision", next.Revision, "policies", next.Objects.Policies.Len(),
			"tenants", next.Objects.Tenants.Len(), "entities", next.Objects.Entities.Len())
	}
	b.metrics.backlog.done()
	b.untaken.done()
	b.metrics.seconds.Observe(b.clock.Since(started).Seconds())
}
