package manager

import (
	"context"
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/certificate"
	"github.com/domicile-dev/domicile/controllers/definitions"
	"github.com/domicile-dev/domicile/controllers/registers"
	"github.com/domicile-dev/domicile/controllers/status"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
	"github.com/domicile-dev/domicile/webhook"
)

// addSnapshots adds the world, what discovers the kinds that hold Pods, and the status
// of registers.
func (p *parts) addSnapshots() error {
	loader, err := p.addWorld()
	if err != nil {
		return err
	}
	c, err := newClients(p.config)
	if err != nil {
		return err
	}
	p.builder.WaitForKinds()
	if err := p.add(definitions.NewWatcher(c.metadata, c.objects, p.builder.UseKinds, p.clock, ctrl.Log.WithName("definitions"))); err != nil {
		return err
	}
	return registers.NewStatusWriter(p.manager.GetClient(), loader, p.manager.GetEventRecorder("domicile"), p.clock).SetupWithManager(p.manager)
}

// addControllers adds the controllers of the certificate, the webhook configuration
// and status.
func (p *parts) addControllers(ctx context.Context) error {
	o, mgr := p.options, p.manager
	recorder, render := mgr.GetEventRecorder("domicile"), o.render()
	namespaces, err := newNamespaceCache(ctx, mgr.GetCache())
	if err != nil {
		return err
	}
	render.Namespaces = namespaces.all
	certificates, err := certificate.New(mgr.GetClient(), certificate.Options{
		Namespace: o.namespace, Secret: o.certificateSecret, Service: o.serviceName,
		Configuration: webhookconfig.Name, SelfSigned: o.certSource == selfSigned,
	}, p.certificates, p.clock, metrics.Registry)
	if err != nil {
		return fmt.Errorf("make the certificate controller: %w", err)
	}
	m, err := p.newMirror()
	if err != nil {
		return err
	}
	if m != nil {
		render.Mirror = m
	}
	configuration, err := webhookconfig.New(mgr.GetClient(), mgr.GetAPIReader(), p.snapshots, p.certificates, mgr.Elected(), render, o.ownerClusterRole, recorder, p.clock, metrics.Registry)
	if err != nil {
		return fmt.Errorf("make the webhook configuration controller: %w", err)
	}
	covers := func(live *admissionv1.ValidatingWebhookConfiguration, policy *v1alpha1.TenantPolicy) bool {
		o := render
		if current := p.snapshots.Load(); current != nil {
			o.Found = current.Objects.Found
		}
		return o.Covers(live, policy)
	}
	statusOptions := status.Options{PerSecond: o.statusPerSecond, Configuration: webhookconfig.Name, Covers: covers}
	if m != nil {
		statusOptions.Mirror = m
	}
	writer, err := status.New(mgr.GetClient(), mgr.GetCache(), p.snapshots, statusOptions, recorder, p.clock, metrics.Registry)
	if err != nil {
		return fmt.Errorf("make the writer of status: %w", err)
	}
	for _, c := range []interface{ SetupWithManager(ctrl.Manager) error }{certificates, configuration, writer} {
		if err := c.SetupWithManager(mgr); err != nil {
			return fmt.Errorf("add %T: %w", c, err)
		}
	}
	return nil
}

// render says where the webhook is reached.
func (o *options) render() webhookconfig.Options {
	return webhookconfig.Options{
		Namespace: o.namespace, ExcludedNamespaces: o.excludedNamespaces, Annotations: o.webhookAnnotations,
		Service: o.serviceName, Port: int32(o.servicePort), Timeout: o.webhookTimeout,
		Paths: webhookconfig.Paths{
			Workloads: webhook.WorkloadPath, TenantPolicies: webhook.TenantPolicyPath,
			Tenants: webhook.TenantPath, LegalEntities: webhook.LegalEntityPath,
			OwnershipRegisters: webhook.OwnershipRegisterPath, TenantExemptions: webhook.TenantExemptionPath,
			AccessPoints: webhook.AccessPointPath,
		},
		Version: versionLabel(), FailurePolicy: admissionv1.FailurePolicyType(o.webhookFailurePolicy),
	}
}
