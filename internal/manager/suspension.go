package manager

import (
	"fmt"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/domicile-dev/domicile/controllers/suspension"
)

// addSuspension registers the suspension controller. It observes the audit, and so
// has to be added before it.
func (p *parts) addSuspension() error {
	o := p.options
	c, err := newClients(suspension.Once(p.config))
	if err != nil {
		return fmt.Errorf("suspension: %w", err)
	}
	m, err := suspension.NewMetrics(metrics.Registry)
	if err != nil {
		return fmt.Errorf("suspension: %w", err)
	}
	suspender, err := suspension.New(suspension.Options{
		Enabled: o.suspension, PerMinute: o.suspensionPerMinute, MaxTenantShare: o.suspensionMaxShare,
		Namespace: o.namespace, Skip: o.skips,
		Objects: c.objects, Metadata: c.metadata, Discovery: c.served, Client: p.manager.GetClient(),
		Snapshots: p.snapshots, Events: p.manager.GetEventRecorder("domicile"), Clock: p.clock,
		Metrics: m, Log: ctrl.Log.WithName("suspension"),
	})
	if err != nil {
		return fmt.Errorf("make the suspension controller: %w", err)
	}
	p.observers = append(p.observers, suspender)
	if err := p.manager.Add(suspender); err != nil {
		return fmt.Errorf("add the suspension controller: %w", err)
	}
	return nil
}
