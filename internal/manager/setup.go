package manager

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	webhookserver "sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/audit"
	"github.com/domicile-dev/domicile/controllers/certificate"
	"github.com/domicile-dev/domicile/controllers/definitions"
	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/controllers/references"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
	"github.com/domicile-dev/domicile/internal/callers"
	"github.com/domicile-dev/domicile/webhook"
)

//+kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch
//+kubebuilder:rbac:groups=authentication.k8s.io,resources=tokenreviews,verbs=create
//+kubebuilder:rbac:groups=authorization.k8s.io,resources=subjectaccessreviews,verbs=create
//+kubebuilder:rbac:groups=coordination.k8s.io,namespace=domicile-system,resources=leases,verbs=create
//+kubebuilder:rbac:groups="",namespace=domicile-system,resources=events,verbs=create;patch
//+kubebuilder:rbac:groups=coordination.k8s.io,namespace=domicile-system,resources=leases,resourceNames=domicile,verbs=get;update

// parts are the parts of the program, put together step by step.
type parts struct {
	core
	certificates *certificate.Store
	readiness    *readiness
	guard        *callers.Guard
	// observers are told of every object that the audit sees.
	observers []audit.Observer
}

// newScheme knows the kinds of Kubernetes and of Domicile.
func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("make the scheme: %w", err)
		}
	}
	return scheme, nil
}

func (p *parts) newManager(ctx context.Context, server webhookserver.Server) error {
	o, err := p.managerOptions(ctx, informers.Options{
		Namespace: p.options.namespace, Secret: p.options.certificateSecret, Configuration: webhookconfig.Name,
	})
	if err != nil {
		return err
	}
	o.LeaderElection = p.options.leaderElect
	o.LeaderElectionID = "domicile"
	o.LeaderElectionNamespace = p.options.namespace
	o.LeaderElectionReleaseOnCancel = true // main returns as soon as the manager has stopped
	o.Metrics.TLSOpts = []func(*tls.Config){serveFrom(p.certificates)}
	o.WebhookServer = server
	return p.core.newManager(o)
}

func newWebhookServer(o options, certificates *certificate.Store, guard *callers.Guard) webhookserver.Server {
	mux := http.NewServeMux()
	return guarded{webhookserver.NewServer(webhookserver.Options{
		Host: o.webhookHost, Port: o.webhookPort, WebhookMux: mux,
		TLSOpts: []func(*tls.Config){serveFrom(certificates), guard.TLS},
	}), mux, guard}
}

// serveFrom serves HTTP/1.1 alone: API servers ask webhooks by nothing else, so that what they
// ask spreads over replicas, and of a protocol that nobody speaks nothing can be abused.
func serveFrom(certificates *certificate.Store) func(*tls.Config) {
	return func(c *tls.Config) {
		c.MinVersion = tls.VersionTLS12
		c.NextProtos = []string{"http/1.1"}
		c.GetCertificate = certificates.GetCertificate
	}
}

// addWebhook adds the handlers of admission requests.
func (p *parts) addWebhook(ctx context.Context) error {
	config, httpClient := p.config, p.manager.GetHTTPClient()
	c, err := newClients(config)
	if err != nil {
		return err
	}
	access, err := authorizationclient.NewForConfigAndClient(config, httpClient)
	if err != nil {
		return fmt.Errorf("make a client for access reviews: %w", err)
	}
	namespaces, err := newNamespaceCache(ctx, p.manager.GetCache())
	if err != nil {
		return err
	}
	index, err := references.New(config, httpClient, p.contact)
	if err != nil {
		return fmt.Errorf("watch what workloads refer to: %w", err)
	}
	if err := p.add(index); err != nil {
		return err
	}
	reads, err := webhook.NewLiveReads(metrics.Registry)
	if err != nil {
		return err
	}
	err = webhook.Register(p.manager.GetWebhookServer(), p.manager.GetScheme(), webhook.Dependencies{
		Snapshots: p.snapshots,
		Synced:    namespaces.synced,
		Fresh:     p.contact.Check,
		Leaving:   p.readiness.draining.Load,
		Lookup: &webhook.LiveLookup{
			Objects: c.objects, Metadata: c.metadata, Watched: index, Reads: reads,
			CachedNamespace: namespaces.get, CachedNamespaces: namespaces.all,
		},
		Access: webhook.NewClusterAccess(access.SubjectAccessReviews(), p.clock),
		HoldsPods: func(ctx context.Context, r schema.GroupResource) (bool, error) {
			return definitions.HoldsPods(ctx, c.objects, r)
		},
		Refresher:  p.builder,
		Reads:      reads,
		Registerer: metrics.Registry,

		ReviewMemory:  p.options.reviewMemory.Value(),
		ShortRefusals: p.options.shortRefusals,

		Clock: p.clock.Now,
		Log:   ctrl.Log.WithName("admission"),
	})
	if err != nil {
		return fmt.Errorf("register the webhook: %w", err)
	}
	return nil
}
