package status

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const (
	// lookAgain bounds the wait for a boundary in time: timers count seconds, and
	// the machine may sleep or its clock be set.
	lookAgain = time.Hour
	// workers is how many statuses are written at a time.
	workers = 4
)

// Options say how status is written.
type Options struct {
	// PerSecond bounds the writes of status. 0 is no bound.
	PerSecond float64
	// Configuration is the name of the webhook configuration.
	Configuration string
	// Covers says whether a webhook configuration asks for all that a policy needs.
	Covers func(*admissionv1.ValidatingWebhookConfiguration, *v1alpha1.TenantPolicy) bool
	// Mirror knows what API servers refuse by themselves; nil if there is no mirror.
	Mirror Mirror
}

// Writer writes what was found out into the status of policies, tenants,
// legal entities and exemptions, by server-side apply, and only where it differs. It runs
// on the leader.
//
// Whenever the snapshot changes, or time reaches a boundary, it makes another plan,
// counts what is touched, and queues the objects that may have another status:
// what a person has just changed first, then the gravest.
type Writer struct {
	client  client.Client
	cache   cache.Cache
	holder  *snapshot.Holder
	options Options
	events  events.EventRecorder
	clock   clock.WithTicker
	metrics *metrics

	kinds   map[string]subject
	stores  map[string]toolscache.Store
	queue   priorityqueue.PriorityQueue[target]
	limiter *rate.Limiter
	current atomic.Pointer[planned]
	// configured is woken when the webhook configuration or the mirror changes.
	configured snapshot.Broadcast
	held       held

	// What follows belongs to the goroutine of Start.
	tally *tally
	sweep *sweep
}

// planned is a plan with what policies do by it.
type planned struct {
	*plan
	policies map[string]v1alpha1.TenantPolicyStatus
	mirror   Mirror
}

// target is an object whose status may have to be written.
type target struct{ kind, name string }

// New makes a writer of what snapshots say.
func New(c client.Client, objects cache.Cache, h *snapshot.Holder, o Options, e events.EventRecorder, cl clock.WithTicker, r prometheus.Registerer) (*Writer, error) {
	m, err := newMetrics(r)
	if err != nil {
		return nil, err
	}
	limit := rate.Inf
	if o.PerSecond > 0 {
		limit = rate.Limit(o.PerSecond)
	}
	return &Writer{
		client: c, cache: objects, holder: h, options: o, events: e, clock: cl, metrics: m,
		kinds: subjects(), limiter: rate.NewLimiter(limit, workers),
	}, nil
}

// SetupWithManager adds the writer.
func (s *Writer) SetupWithManager(mgr ctrl.Manager) error {
	if err := mgr.Add(s); err != nil {
		return fmt.Errorf("add the writer of status: %w", err)
	}
	return nil
}

// NeedLeaderElection says yes: there is one writer.
func (s *Writer) NeedLeaderElection() bool { return true }

// Start plans after each change of the snapshot and at each boundary in time, and
// writes, until the context ends.
func (s *Writer) Start(ctx context.Context) error {
	s.queue = priorityqueue.New[target]("status")
	length := s.queue.Len
	s.metrics.waiting.queue.Store(&length)
	if err := s.watch(ctx); err != nil {
		return err
	}
	var working sync.WaitGroup
	if s.options.Mirror != nil {
		working.Go(func() { s.followMirror(ctx) })
	}
	for range workers {
		working.Go(func() { s.work(ctx) })
	}
	s.planAll(ctx)
	s.queue.ShutDown()
	working.Wait()
	return nil
}

// watch hears of every status that somebody writes: a forged one is put back.
func (s *Writer) watch(ctx context.Context) error {
	s.stores = map[string]toolscache.Store{}
	for kind, k := range s.kinds {
		informer, err := s.cache.GetInformer(ctx, k.object())
		if err != nil {
			return fmt.Errorf("watch %s: %w", kind, err)
		}
		shared, ok := informer.(toolscache.SharedInformer)
		if !ok {
			return fmt.Errorf("watch %s: %T has no store", kind, informer)
		}
		s.stores[kind] = shared.GetStore()
		_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
			UpdateFunc: func(_, after any) {
				if name, err := toolscache.MetaNamespaceKeyFunc(after); err == nil {
					s.add(target{kind, name}, priorityHeard)
				}
			},
		})
		if err != nil {
			return fmt.Errorf("watch %s: %w", kind, err)
		}
	}
	configurations, err := s.cache.GetInformer(ctx, &admissionv1.ValidatingWebhookConfiguration{})
	if err != nil {
		return fmt.Errorf("watch the webhook configuration: %w", err)
	}
	_, err = configurations.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { s.configured.Wake() },
		UpdateFunc: func(any, any) { s.configured.Wake() },
		DeleteFunc: func(any) { s.configured.Wake() },
	})
	if err != nil {
		return fmt.Errorf("watch the webhook configuration: %w", err)
	}
	return nil
}

// work writes status, at the rate that is allowed, until the queue ends. Whoever
// may write takes what matters most then; what needs no write costs nothing.
func (s *Writer) work(ctx context.Context) {
	for s.limiter.Wait(ctx) == nil {
		for {
			item, priority, shutdown := s.queue.GetWithPriority()
			if shutdown {
				return
			}
			wrote, err := s.reconcile(ctx, item)
			if err != nil {
				if !errors.Is(err, context.Canceled) && !apierrors.IsConflict(err) { // somebody wrote in between
					ctrl.Log.WithName("status").Error(err, "Could not write a status; it will be tried again", "kind", item.kind, "name", item.name)
				}
				s.queue.AddWithOpts(priorityqueue.AddOpts{RateLimited: true, Priority: &priority}, item)
			} else {
				s.queue.Forget(item)
			}
			s.queue.Done(item)
			if wrote || err != nil {
				break
			}
		}
	}
}

// differs returns what the status of an object should say, if it says something else.
func (s *Writer) differs(p *planned, item target) (status any, differs bool) {
	kind := s.kinds[item.kind]
	reported, exists := s.reported(item)
	if p == nil || !exists {
		return nil, false // the first plan asks for what it changes
	}
	status, ok := kind.want(p, item.name)
	if !ok || kind.digest(status) == reported {
		return status, false
	}
	return status, !s.holdBack(p, item)
}

// reconcile writes the status of one object if it differs; it says whether the API
// server was asked to.
func (s *Writer) reconcile(ctx context.Context, item target) (wrote bool, err error) {
	status, differs := s.differs(s.current.Load(), item)
	if !differs {
		return false, nil
	}
	kind := s.kinds[item.kind]
	object := kind.object()
	if err := s.client.Get(ctx, client.ObjectKey{Name: item.name}, object); err != nil {
		return true, client.IgnoreNotFound(err)
	}
	written, err := s.write(ctx, kind.apply(object, status, s.clock.Now()))
	if written && kind.written != nil {
		kind.written(s, object, status)
	}
	return true, err
}

// write applies a status; false if the object is gone.
func (s *Writer) write(ctx context.Context, status runtime.ApplyConfiguration) (bool, error) {
	err := apply.Status(ctx, s.client, status)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("apply status: %w", err)
	}
	return true, nil
}
