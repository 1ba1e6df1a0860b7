package manager

import (
	"context"
	"fmt"
	"slices"

	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/domicile-dev/domicile/controllers/audit"
	"github.com/domicile-dev/domicile/controllers/definitions"
	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/translate"
)

// skips says which namespaces audit and suspension leave out, as admission does.
func (o *options) skips(namespace string) bool {
	return slices.Contains(translate.UnaskedNamespaces(o.namespace, o.excludedNamespaces...), namespace)
}

// addAudit registers the audit controller.
func (p *parts) addAudit() error {
	o := p.options
	c, err := newClients(p.config)
	if err != nil {
		return err
	}
	namespaces := func(ctx context.Context) ([]*residency.Namespace, error) {
		return informers.Namespaces(ctx, p.manager.GetCache())
	}
	auditor, err := audit.New(audit.Options{
		Scanner:   scan.New(scan.Options{Objects: c.objects, Metadata: c.metadata, Discovery: c.served, Skip: o.skips}),
		Snapshots: p.snapshots, Cache: p.manager.GetCache(), Namespaces: namespaces, Client: p.manager.GetClient(), Objects: c.objects, Metadata: c.metadata,
		ReportAPI: audit.ReportAPI(o.reportAPI), Interval: o.auditInterval,
		Asks:       webhookconfig.MoreNamespaces,
		Observers:  p.observers,
		Events:     p.manager.GetEventRecorder("domicile"),
		Clock:      p.clock,
		Registerer: metrics.Registry,
		Log:        ctrl.Log.WithName("audit"),
	})
	if err != nil {
		return fmt.Errorf("make the audit: %w", err)
	}
	access, err := authorizationclient.NewForConfigAndClient(p.config, p.manager.GetHTTPClient())
	if err != nil {
		return fmt.Errorf("make a client for access reviews: %w", err)
	}
	rights, err := definitions.NewRights(access.SelfSubjectAccessReviews(), p.snapshots, p.manager.GetEventRecorder("domicile"), p.clock, o.suspension, metrics.Registry, ctrl.Log.WithName("definitions"))
	if err != nil {
		return fmt.Errorf("make what tells of rights: %w", err)
	}
	return p.add(auditor, rights)
}
