package status

import (
	"context"
	"time"

	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// What is written first. Policies are few and sum everything up; then comes what
// somebody changed, and waits for.
const (
	priorityPolicy        = 60
	priorityChanged       = 50
	priorityHeard         = 40
	priorityRestricted    = 30
	priorityIndeterminate = 20
	priorityClear         = 10
)

// sweepStep is how many objects a sweep looks at before something else may have its turn.
const sweepStep = 1000

// planAll makes plans until the context ends.
func (s *Writer) planAll(ctx context.Context) {
	for ctx.Err() == nil {
		replaced, configured := s.holder.Changed(), s.configured.Changed()
		var boundary <-chan time.Time
		stop := func() bool { return false }
		if w := s.holder.Load(); w != nil {
			p := s.plan(ctx, w)
			if !p.next.IsZero() {
				timer := s.clock.NewTimer(min(max(p.next.Sub(s.clock.Now()), 0), lookAgain))
				boundary, stop = timer.C(), timer.Stop
			}
		}
		pause(ctx, s.sweepMore, replaced, configured, boundary)
		stop()
	}
}

// sweepMore goes on with the sweep; false if there is none.
func (s *Writer) sweepMore() bool { return s.sweep.step(s, sweepStep) }

// pause returns when there is something else to do. Until then, more is done.
func pause(ctx context.Context, more func() bool, replaced, configured <-chan struct{}, boundary <-chan time.Time) {
	for more() {
		select {
		case <-ctx.Done():
			return
		case <-replaced:
			return
		case <-configured:
			return
		case <-boundary:
			return
		default:
		}
	}
	select {
	case <-ctx.Done():
	case <-replaced:
	case <-configured:
	case <-boundary:
	}
}

// plan makes the next plan, counts what is touched, and queues it.
func (s *Writer) plan(ctx context.Context, w *snapshot.Snapshot) *plan {
	before, now := s.current.Load(), s.clock.Now()
	var known *plan
	if before != nil {
		known = before.plan
	}
	next := newPlan(w, now, known)
	touched := snapshot.Touched{Everything: true}
	if known != nil && (known.next.IsZero() || now.Before(known.next)) {
		touched = w.Since(known.world, now)
	}
	if touched.Everything {
		s.tally = tallyOf(next)
	} else {
		s.tally.follow(known, next, touched)
	}
	s.publish(ctx, next)
	if touched.EveryTenant() {
		s.sweep = newSweep(w)
	}
	s.queueTouched(next, touched)
	s.release()
	return next
}

// publish makes a plan the one that is written, and tells the metrics.
func (s *Writer) publish(ctx context.Context, p *plan) {
	next := &planned{plan: p, policies: map[string]v1alpha1.TenantPolicyStatus{}, mirror: s.options.Mirror}
	live, err := s.configuration(ctx)
	if err != nil {
		// What is not known is not asked for; the configuration's informer tells.
		ctrl.Log.WithName("status").Error(err, "Could not compare the webhook configuration with the policies")
	}
	for name, c := range p.world.Objects.Policies.All() {
		declared := v1alpha1.TenantPolicy{Spec: c.Spec}
		asked := live != nil && s.options.Covers(live, &declared)
		if status, ok := p.policy(name, s.tally.impactOf(name), asked); ok {
			next.policies[name] = next.mirrored(name, status)
		}
	}
	s.current.Store(next)
	s.metrics.planned(next, s.tally)
}

// queueTouched queues what may have another status. Policies and exemptions are
// few: whether theirs is right is found out when it is their turn.
func (s *Writer) queueTouched(p *plan, touched snapshot.Touched) {
	for name := range p.world.Objects.Policies.All() {
		s.add(target{"TenantPolicy", name}, priorityPolicy)
	}
	for name := range p.world.Objects.AccessPoints.All() {
		s.add(target{"AccessPoint", name}, priorityChanged)
	}
	for name := range p.world.Objects.Exemptions.All() {
		s.add(target{"TenantExemption", name}, priorityChanged)
	}
	for name, itself := range touched.Tenants {
		s.add(target{"Tenant", name}, priorityOf(p, name, itself))
	}
	for name, itself := range touched.Entities {
		priority := priorityIndeterminate
		if itself {
			priority = priorityChanged
		}
		s.add(target{"LegalEntity", name}, priority)
	}
}

// priorityOf is how soon the status of a tenant is written: the gravest verdict first.
func priorityOf(p *plan, name string, itself bool) int {
	tenant := p.world.Tenant(name)
	if itself || tenant == nil {
		return priorityChanged
	}
	priority := priorityClear
	for _, policy := range p.world.Policies {
		verdict, known := p.world.Verdicts.Of(policy, tenant, p.at)
		switch {
		case known && verdict == residency.Restricted:
			return priorityRestricted
		case !known || verdict != residency.Clear:
			priority = priorityIndeterminate
		}
	}
	return priority
}

func (s *Writer) add(item target, priority int) {
	s.queue.AddWithOpts(priorityqueue.AddOpts{Priority: ptr.To(priority)}, item)
}

// sweep goes over every tenant and entity, some at a time, and queues those of
// which the status is not as planned. nil has nothing left to do.
type sweep struct{ left []target }

func newSweep(w *snapshot.Snapshot) *sweep {
	all := make([]target, 0, w.Objects.Tenants.Len()+w.Objects.Entities.Len())
	for name := range w.Objects.Entities.All() {
		all = append(all, target{"LegalEntity", name})
	}
	for name := range w.Objects.Tenants.All() {
		all = append(all, target{"Tenant", name})
	}
	return &sweep{left: all}
}

func (w *sweep) any() bool { return w != nil && len(w.left) > 0 }

// step looks at some more; false if none is left.
func (w *sweep) step(s *Writer, most int) bool {
	if !w.any() {
		return false
	}
	p := s.current.Load()
	for _, item := range w.left[:min(most, len(w.left))] {
		if _, differs := s.differs(p, item); !differs {
			continue
		}
		priority := priorityClear
		if item.kind == "Tenant" {
			priority = priorityOf(p.plan, item.name, false)
		}
		s.add(item, priority)
	}
	w.left = w.left[min(most, len(w.left)):]
	return w.any()
}
