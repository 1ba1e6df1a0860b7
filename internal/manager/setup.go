package manager

import (
	"context"
	"crypto/tls"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	webhookserver "sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/audit"
	"github.com/domicile-dev/domicile/controllers/certificate"
	"github.com/domicile-dev/domicile/controllers/definitions"
	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/controllers/references"
	snapshotbuilder "github.com/domicile-dev/domicile/controllers/snapshot"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
	"github.com/domicile-dev/domicile/internal/callers"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/snapshot"
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
	options      options
	manager      manager.Manager
	certificates *certificate.Store
	snapshots    *snapshot.Holder
	readiness    *readiness
	contact      *contact.Contact
	guard        *callers.Guard
	builder      *snapshotbuilder.Builder
	clock        clock.WithTicker
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

func newManager(ctx context.Context, config *rest.Config, o options, certificates *certificate.Store, snapshots *snapshot.Holder, server webhookserver.Server, c *contact.Contact) (manager.Manager, error) {
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	mgr, err := manager.New(config, manager.Options{
		Scheme:         scheme,
		MapperProvider: informers.NewMapper,
		Client:         client.Options{Cache: &client.CacheOptions{DisableFor: informers.Uncached()}},
		Cache:          cache.Options{NewInformer: c.NewInformer},
		NewCache: informers.NewCache(ctx, informers.Options{
			Namespace: o.namespace, Secret: o.certificateSecret, Configuration: webhookconfig.Name, Compact: snapshotbuilder.Compact(snapshots),
		}),
		HealthProbeBindAddress:        o.healthAddress,
		LeaderElection:                o.leaderElect,
		LeaderElectionID:              "domicile",
		LeaderElectionNamespace:       o.namespace,
		LeaderElectionReleaseOnCancel: true, // main returns as soon as the manager has stopped
		GracefulShutdownTimeout:       ptr.To(o.drainTimeout),
		Metrics: metricsserver.Options{
			BindAddress:    o.metricsAddress,
			SecureServing:  true,
			FilterProvider: filters.WithAuthenticationAndAuthorization,
			TLSOpts:        []func(*tls.Config){serveFrom(certificates)},
		},
		WebhookServer: server,
	})
	if err != nil {
		return nil, fmt.Errorf("make the manager: %w", err)
	}
	return mgr, nil
}

func newWebhookServer(o options, certificates *certificate.Store, guard *callers.Guard) webhookserver.Server {
	return guarded{webhookserver.NewServer(webhookserver.Options{
		Host: o.webhookHost, Port: o.webhookPort,
		TLSOpts: []func(*tls.Config){serveFrom(certificates), guard.TLS},
	}), guard}
}

func serveFrom(certificates *certificate.Store) func(*tls.Config) {
	return func(c *tls.Config) {
		c.MinVersion = tls.VersionTLS12
		c.GetCertificate = certificates.GetCertificate
	}
}

// addWebhook adds the handlers of admission requests.
func (p *parts) addWebhook(ctx context.Context) error {
	config, httpClient := p.manager.GetConfig(), p.manager.GetHTTPClient()
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
	if err := p.manager.Add(index); err != nil {
		return fmt.Errorf("watch what workloads refer to: %w", err)
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

		ReviewMemory: p.options.reviewMemory.Value(),

		Clock: p.clock.Now,
		Log:   ctrl.Log.WithName("admission"),
	})
	if err != nil {
		return fmt.Errorf("register the webhook: %w", err)
	}
	return nil
}
