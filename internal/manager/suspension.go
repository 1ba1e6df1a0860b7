package manager

import (
	"fmt"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/domicile-dev/domicile/controllers/suspension"
)

// addSuspension registers the suspension controller. It observes the audit, and so
// has to be added before it.
func (p *parts) addSuspension() error {
	o, config := p.options, suspension.Once(p.manager.GetConfig())
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("make a client for objects: %w", err)
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("make a client for metadata: %w", err)
	}
	served, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return fmt.Errorf("make a client for discovery: %w", err)
	}
	m, err := suspension.NewMetrics(metrics.Registry)
	if err != nil {
		return fmt.Errorf("suspension: %w", err)
	}
	suspender, err := suspension.New(suspension.Options{
		Enabled: o.suspension, PerMinute: o.suspensionPerMinute, MaxTenantShare: o.suspensionMaxShare,
		Namespace: o.namespace, Skip: o.skips,
		Objects: objects, Metadata: meta, Discovery: served, Client: p.manager.GetClient(),
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
