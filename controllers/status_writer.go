package controllers

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// lookAgain bounds the wait for a boundary in time: timers count seconds, and
// the machine may sleep or its clock be set.
const lookAgain = time.Hour

// StatusWriter writes what was found out into the status of policies, tenants,
// legal entities and exemptions, by server-side apply, and only where it differs. It runs
// on the leader.
//
// Whenever the snapshot changes, or time reaches a boundary, it plans the
// status of everything at once, and asks for the reconciliation of those objects
// whose status is another one.
type StatusWriter struct {
	client  client.Client
	builder *SnapshotBuilder
	options RenderOptions
	events  events.EventRecorder
	clock   clock.WithTicker
	metrics *Metrics

	plan   atomic.Pointer[plan]
	queues queues
}

// NewStatusWriter makes a writer of what the builder's snapshots say.
func NewStatusWriter(c client.Client, b *SnapshotBuilder, o RenderOptions, e events.EventRecorder, cl clock.WithTicker, m *Metrics) *StatusWriter {
	return &StatusWriter{client: c, builder: b, options: o, events: e, clock: cl, metrics: m}
}

// SetupWithManager adds the planner and one controller for each kind.
func (s *StatusWriter) SetupWithManager(mgr ctrl.Manager) error {
	if err := mgr.Add(s); err != nil {
		return fmt.Errorf("add the status planner: %w", err)
	}
	for _, c := range []struct {
		name      string
		object    client.Object
		reconcile reconcile.Func
	}{
		{"tenantpolicy", &v1alpha1.TenantPolicy{}, s.reconcilePolicy},
		{"tenant", &v1alpha1.Tenant{}, s.reconcileTenant},
		{"legalentity", &v1alpha1.LegalEntity{}, s.reconcileEntity},
		{"tenantexemption", &v1alpha1.TenantExemption{}, s.reconcileExemption},
	} {
		b := ctrl.NewControllerManagedBy(mgr).Named(c.name).For(c.object).WatchesRawSource(s.queues.source(c.name))
		if c.name == "tenantpolicy" {
			b = b.Watches(&admissionv1.ValidatingWebhookConfiguration{}, handler.EnqueueRequestsFromMapFunc(s.allPolicies))
		}
		if err := b.Complete(c.reconcile); err != nil {
			return fmt.Errorf("add the controller of %s: %w", c.name, err)
		}
	}
	return nil
}

func (s *StatusWriter) allPolicies(context.Context, client.Object) []reconcile.Request {
	var all []reconcile.Request
	if p := s.plan.Load(); p != nil {
		for name := range p.policies {
			all = append(all, reconcile.Request{NamespacedName: client.ObjectKey{Name: name}})
		}
	}
	return all
}

// NeedLeaderElection says yes: there is one writer.
func (s *StatusWriter) NeedLeaderElection() bool { return true }

// Start plans after each change of the snapshot and at each boundary in time,
// until the context ends.
func (s *StatusWriter) Start(ctx context.Context) error {
	for {
		rebuilt := s.builder.rebuilt.Changed()
		var boundary <-chan time.Time
		stop := func() bool { return false }
		if c := s.builder.current.Load(); c != nil {
			p := newPlan(c, s.clock.Now())
			s.plan.Store(p)
			if err := s.request(ctx, p); err != nil {
				return err
			}
			if !p.next.IsZero() {
				timer := s.clock.NewTimer(min(max(p.next.Sub(s.clock.Now()), 0), lookAgain))
				boundary, stop = timer.C(), timer.Stop
			}
		}
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-rebuilt:
		case <-boundary:
		}
		stop()
	}
}

// request asks for the reconciliation of the objects whose status is not as planned.
func (s *StatusWriter) request(ctx context.Context, p *plan) error {
	have, err := listInputs(ctx, s.client)
	if err != nil {
		return fmt.Errorf("compare status: %w", err)
	}
	live, err := s.configuration(ctx)
	if err != nil {
		return err
	}
	reasons := make(map[string]string, len(have.policies))
	for i := range have.policies {
		o := &have.policies[i]
		if planned, ok := p.policies[o.Name]; ok {
			want := planned.status(&o.Status, covers(live, o, s.options), p.at)
			reasons[o.Name] = want.Conditions[0].Reason
			s.queues.addUnless(samePolicyStatus(&o.Status, &want), "tenantpolicy", o.Name)
		}
	}
	s.metrics.planned(p, reasons)
	for i := range have.tenants {
		o := &have.tenants[i]
		if planned, ok := p.tenants[o.Name]; ok {
			want := planned.status(&o.Status, p.at)
			s.queues.addUnless(sameTenantStatus(&o.Status, &want), "tenant", o.Name)
		}
	}
	for i := range have.entities {
		o := &have.entities[i]
		if planned, ok := p.entities[o.Name]; ok {
			want := planned.status(&o.Status, p.at)
			s.queues.addUnless(sameEntityStatus(&o.Status, &want), "legalentity", o.Name)
		}
	}
	for i := range have.exemptions {
		o := &have.exemptions[i]
		if planned, ok := p.exemptions[o.Name]; ok {
			want := planned.status(&o.Status, p.at)
			s.queues.addUnless(sameExemptionStatus(&o.Status, &want), "tenantexemption", o.Name)
		}
	}
	return nil
}

// write applies a status. The configuration names the resourceVersion that the
// status was computed for: whoever wrote in between causes another
// reconciliation, and so false.
func (s *StatusWriter) write(ctx context.Context, status runtime.ApplyConfiguration) (bool, error) {
	err := s.client.Status().Apply(ctx, status, client.ForceOwnership, client.FieldOwner(FieldOwner))
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return false, nil // the cache will tell
	}
	if err != nil {
		return false, fmt.Errorf("apply status: %w", err)
	}
	return true, nil
}
