package registers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/register/source"
	"github.com/domicile-dev/domicile/internal/register/store"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// lookAgain bounds the wait for what is due: timers count seconds, and the machine
// may sleep or its clock be set.
const lookAgain = time.Hour

//+kubebuilder:rbac:groups=domicile.dev,resources=ownershipregisters,verbs=get;list;watch

// Options bound what registers may take.
type Options struct {
	// Fetch says where files may come from.
	Fetch source.Options
	// CacheFolder is the loader's own: downloads, and compiled registers.
	CacheFolder string
	// CacheBytes bounds what is in it.
	CacheBytes int64
	// MemoryBytes bounds the data of all registers together.
	MemoryBytes int64
}

// Loader loads OwnershipRegisters: when they are new or declare
// something else, and then at each one's interval. It loads one at a time, and
// publishes all of them merged. It runs on every replica; what it found out
// about a register is written into its status by the leader's StatusWriter.
//
// What was loaded stays in use until something else is: neither a source that
// fails nor one that gives nonsense takes it away.
type Loader struct {
	cache   cache.Cache
	use     func(snapshot.Registers)
	options Options
	fetcher *source.Fetcher
	clock   clock.WithTicker
	metrics *metrics
	log     logr.Logger

	kick    chan struct{}
	changed snapshot.Broadcast // what Progress says

	mu       sync.Mutex
	progress map[string]Progress // by register

	// What follows belongs to Start.
	store     *store.Store
	states    map[string]*state
	published string
	first     bool // has been published
}

// NewLoader makes a loader of the OwnershipRegisters in the cache. It calls use with
// the merged data of all: once each was tried, and whenever it is another one.
func NewLoader(c cache.Cache, use func(snapshot.Registers), o Options, cl clock.WithTicker, r prometheus.Registerer, log logr.Logger) (*Loader, error) {
	fetcher, err := source.New(o.Fetch)
	if err != nil {
		return nil, fmt.Errorf("make the fetcher of registers: %w", err)
	}
	m, err := newMetrics(r)
	if err != nil {
		return nil, err
	}
	return &Loader{
		cache: c, use: use, options: o, fetcher: fetcher, clock: cl, metrics: m, log: log,
		kick: make(chan struct{}, 1), progress: map[string]Progress{}, states: map[string]*state{},
	}, nil
}

// NeedLeaderElection says no: every replica answers requests.
func (l *Loader) NeedLeaderElection() bool { return false }

// Start loads registers until the context ends.
func (l *Loader) Start(ctx context.Context) error {
	l.store = store.New(l.options.CacheFolder, l.options.CacheBytes)
	l.tidied(l.store.Tidy())
	if err := l.watch(ctx); err != nil {
		return err
	}
	var running *loading
	defer func() {
		if running != nil {
			running.cancel()
			<-running.done
		}
	}()
	for {
		if err := l.observe(ctx); err != nil {
			return err
		}
		if running != nil && !l.wanted(running) {
			running.cancel()
		}
		if running == nil {
			running = l.begin(ctx)
		}
		l.publish()
		if !l.wait(ctx, &running) {
			return nil
		}
	}
}

func (l *Loader) watch(ctx context.Context) error {
	informer, err := l.cache.GetInformer(ctx, &v1alpha1.OwnershipRegister{})
	if err != nil {
		return fmt.Errorf("watch OwnershipRegisters: %w", err)
	}
	registration, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { l.notice() },
		DeleteFunc: func(any) { l.notice() },
		UpdateFunc: func(any, any) { l.notice() },
	})
	if err != nil {
		return fmt.Errorf("watch OwnershipRegisters: %w", err)
	}
	if !toolscache.WaitForCacheSync(ctx.Done(), registration.HasSynced) && ctx.Err() == nil {
		return errors.New("the informer of OwnershipRegisters did not get in sync")
	}
	return nil
}

func (l *Loader) notice() {
	select {
	case l.kick <- struct{}{}:
	default: // a look is due anyway
	}
}

// wait returns when there is something to do; false when the context has ended.
func (l *Loader) wait(ctx context.Context, running **loading) bool {
	var done <-chan outcome
	var due <-chan time.Time
	if *running != nil {
		done = (*running).done
	} else if next := l.next(); next != nil {
		pause := next.due.Sub(l.clock.Now())
		if pause <= 0 {
			return true // it became due while others were published
		}
		timer := l.clock.NewTimer(min(pause, lookAgain))
		defer timer.Stop()
		due = timer.C()
	}
	select {
	case <-ctx.Done():
		return false
	case <-l.kick:
	case <-due:
	case o := <-done:
		l.settle(*running, o)
		*running = nil
	}
	return true
}

// observe compares the registers that there are with those that are known.
func (l *Loader) observe(ctx context.Context) error {
	var list v1alpha1.OwnershipRegisterList
	if err := l.cache.List(ctx, &list); err != nil {
		return fmt.Errorf("list OwnershipRegisters: %w", err)
	}
	now := l.clock.Now()
	there := make(map[string]bool, len(list.Items))
	for i := range list.Items {
		r := &list.Items[i]
		there[r.Name] = true
		if s := l.states[r.Name]; s == nil || s.owner != r.UID {
			l.states[r.Name] = l.newState(r, now)
		} else if s.generation != r.Generation {
			s.declare(r, now)
		}
	}
	for name := range l.states {
		if !there[name] {
			delete(l.states, name)
			l.forget(name)
		}
	}
	if !l.first {
		// Registers that were deleted while nobody looked.
		names, err := l.store.Names()
		l.tidied(err)
		for _, name := range names {
			if !there[name] {
				l.forget(name)
			}
		}
	}
	return nil
}

func (l *Loader) forget(name string) { l.tidied(l.store.Delete(name), "register", name) }

// tidied logs why something is still in the cache. It is no reason to answer nobody: when
// the disk is of no use, the registers say so.
func (l *Loader) tidied(err error, about ...any) {
	if err != nil {
		l.log.Error(err, "Could not tidy the register cache", about...)
	}
}
