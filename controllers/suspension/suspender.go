package suspension

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Options are what a Suspender works with; all are required.
type Options struct {
	// Enabled says that the manager has the rights to suspend. Without it,
	// policies that ask for suspension are told so and nothing else happens.
	Enabled bool
	// PerMinute is the most writes in a minute, and MaxTenantShare the percentage
	// of all tenants that may be suspended without a confirmation.
	PerMinute, MaxTenantShare int
	// Namespace is Domicile's own; what is held is there.
	Namespace string
	// Skip says which namespaces are none of Domicile's business.
	Skip func(namespace string) bool

	Objects   dynamic.Interface
	Metadata  metadata.Interface
	Discovery discovery.DiscoveryInterface
	// Client reads policies and tenants and writes the status of policies.
	Client    client.Client
	Snapshots *snapshot.Holder
	Events    events.EventRecorder
	Clock     clock.Clock
	Metrics   *Metrics
	Log       logr.Logger
}

// Suspender suspends what runs for tenants that are Restricted and denied, and
// gives it back. It observes the audit and works on the leader.
type Suspender struct {
	Options
	executor *executor
	ledger   *ledger
	budget   *budget

	assessed *assessment
	// audited is what policies wanted with each tenant when the latest audit looked for
	// what runs for them.
	audited atomic.Pointer[map[string]string]
	status  reporter
	told    time.Time
}

// New makes a Suspender.
func New(o Options) (*Suspender, error) {
	if o.Enabled && (o.PerMinute < 1 || o.MaxTenantShare < 0 || o.MaxTenantShare > 100) {
		return nil, fmt.Errorf("suspension at %d writes a minute and %d %% of all tenants is not possible", o.PerMinute, o.MaxTenantShare)
	}
	if o.Client == nil || o.Snapshots == nil || o.Clock == nil || o.Metrics == nil || o.Enabled && (o.Objects == nil || o.Metadata == nil || o.Discovery == nil) {
		return nil, errors.New("a dependency of suspension is missing")
	}
	if o.Skip == nil {
		o.Skip = func(string) bool { return false }
	}
	return &Suspender{
		Options:  o,
		executor: &executor{objects: o.Objects, namespace: o.Namespace, skip: o.Skip},
		ledger:   newLedger(),
		budget:   newBudget(o.Clock, max(o.PerMinute, 1)),
		status:   newReporter(),
	}, nil
}

// NeedLeaderElection says yes: there is one writer.
func (s *Suspender) NeedLeaderElection() bool { return true }

// Observe takes note of an object that a scan comes across.
func (s *Suspender) Observe(f *scan.Found) {
	w := s.Snapshots.Load()
	if !s.Enabled || w == nil || s.Skip(f.Content.GetNamespace()) {
		return
	}
	s.ledger.observe(f, ruleOf(&w.World, f), s.Clock.Now())
}

// Audited says that these namespaces (nil: the whole cluster) have been gone
// through completely, and with them everything that a snapshot made due; nil is none.
func (s *Suspender) Audited(namespaces []string, w *snapshot.Snapshot, at time.Time) {
	if w != nil {
		wants := assess(w, at, nil, s.MaxTenantShare).wants
		s.audited.Store(&wants)
	}
	s.ledger.merge(namespaces)
}

// unaudited counts the tenants of which a policy wants something suspended that no audit
// has looked for yet.
func (s *Suspender) unaudited(policy string) (n int) {
	audited := s.audited.Load()
	for tenant := range s.assessed.each[policy] {
		if want := s.assessed.wants[tenant]; want != "" && (audited == nil || (*audited)[tenant] != want) {
			n++
		}
	}
	return n
}

// Abandoned says that a scan was not finished.
func (s *Suspender) Abandoned() { s.ledger.forget() }

// lookAgain bounds every wait: timers count seconds, and the clock may be set.
const lookAgain time.Duration = 10 * time.Minute

// Start works until the context ends.
func (s *Suspender) Start(ctx context.Context) error {
	for ctx.Err() == nil {
		changed := s.Snapshots.Changed()
		next := lookAgain
		if w := s.Snapshots.Load(); w != nil {
			next = s.turn(ctx, w, changed)
		}
		if next <= 0 {
			continue
		}
		timer := s.Clock.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-s.ledger.wake:
		case <-timer.C():
		}
		timer.Stop()
	}
	return nil
}

// turn does what is due, tells about it, and says when to go on.
func (s *Suspender) turn(ctx context.Context, w *snapshot.Snapshot, changed <-chan struct{}) time.Duration {
	now := s.Clock.Now()
	next := lookAgain
	if boundary, ok := w.NextBoundary(now); ok {
		next = min(next, boundary.Sub(now))
	}
	if !s.Enabled {
		s.tell(ctx, w)
		return max(next, 0)
	}
	if s.ledger.takeRelist() {
		if err := s.list(ctx); err != nil {
			s.ledger.askRelist()
			s.Log.Info("Could not list what is suspended", "reason", problemOf(err))
			return soon
		}
	}
	s.notice(w, now)
	list, due := s.ledger.due(now, s.assessed.allowed)
	if len(list) > 0 {
		s.tell(ctx, w)
	}
	s.work(ctx, list, changed)
	s.tell(ctx, w)
	if _, again := s.ledger.due(s.Clock.Now(), s.assessed.allowed); !again.IsZero() && (due.IsZero() || again.Before(due)) {
		due = again
	}
	if !due.IsZero() {
		next = min(next, due.Sub(s.Clock.Now()))
	}
	if list, _ := s.ledger.due(s.Clock.Now(), s.assessed.allowed); len(list) > 0 {
		next = 0
	}
	return max(next, 0)
}

// notice makes due what a change of the snapshot or of time is about.
func (s *Suspender) notice(w *snapshot.Snapshot, now time.Time) {
	before := s.assessed
	s.assessed = assess(w, now, s.ledger.all(), s.MaxTenantShare)
	if before == nil {
		return
	}
	s.ledger.recheck(func(tenant string) bool {
		return before.policies != s.assessed.policies || before.wants[tenant] != s.assessed.wants[tenant]
	})
}

// view is the newest that is known.
func (s *Suspender) view() view {
	w, now := s.Snapshots.Load(), s.Clock.Now()
	if s.assessed == nil || s.assessed.world != w || s.assessed.at.Truncate(time.Second) != now.Truncate(time.Second) {
		s.notice(w, now)
	}
	return view{world: w, at: now, allowed: s.assessed.allowed}
}

// work goes over entries until something changes that may change their order.
func (s *Suspender) work(ctx context.Context, list []entry, changed <-chan struct{}) {
	for i := range list {
		if !s.finish(ctx, &list[i]) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
			return
		default:
		}
		if len(s.ledger.wake) > 0 {
			return
		}
		if s.Clock.Since(s.told) > tellEvery {
			s.tell(ctx, s.Snapshots.Load())
		}
	}
}

// maxSteps bounds the steps with one object before others have their turn.
const maxSteps = 8

// finish makes one step after the other with an object, as long as each one asks
// for another. It is false when the context has ended.
func (s *Suspender) finish(ctx context.Context, e *entry) bool {
	for range maxSteps {
		if err := s.budget.wait(ctx); err != nil {
			return false
		}
		out, err := s.step(ctx, s.view(), e)
		if ctx.Err() != nil {
			return false
		}
		if out.wrote {
			s.budget.spend()
			s.Metrics.operated(e.key, out, err)
			if out.operation == opResume && out.ruling.tenant != "" {
				s.status.tenants[out.ruling.tenant] = true // so that the end of it is told
			}
			s.Log.V(1).Info("Wrote", "operation", out.operation, "resource", e.resource.Resource, "namespace", e.namespace, "name", e.name)
		}
		if err != nil {
			out.state, out.problem = failed, e.problemOf(err)
			s.Log.Info("Could not suspend or give back", "resource", e.resource.Resource, "namespace", e.namespace, "name", e.name, "reason", out.problem)
		}
		if ended := s.ledger.noteOutcome(e.key, out, s.Clock.Now()); ended != "" {
			s.objectEvent(ctx, e.key, ended, out.ruling.policies)
		}
		if err != nil || out.state != pending || out.blocked || out.after > 0 {
			return true
		}
	}
	return true
}

// problemOf says what is wrong, and how to mend it if it is a right to a kind that nobody
// knew when the rights were given.
func (e *entry) problemOf(err error) string {
	of := e.resource.GroupResource()
	if apierrors.IsForbidden(err) && translate.KindOf(of) == nil && autoscalerField(of) == nil {
		return problemOf(err) + ". " + kinds.GrantSuspension(kinds.Resource(of))
	}
	return problemOf(err)
}

func (s *Suspender) step(ctx context.Context, v view, e *entry) (outcome, error) {
	switch r := e.resource.GroupResource(); {
	case s.Skip(e.namespace):
		return outcome{}, nil
	case r == podResource.GroupResource():
		return s.executor.pod(ctx, v, e.key, e.spared)
	case r == secretResource.GroupResource():
		return s.executor.secret(ctx, v, e.key)
	case autoscalerField(r) != nil:
		return s.executor.autoscaler(ctx, v, e.key)
	default:
		return s.executor.workload(ctx, v, e.key)
	}
}
