package manager

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/controllers/registers"
	snapshotbuilder "github.com/domicile-dev/domicile/controllers/snapshot"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/gateway"
	"github.com/domicile-dev/domicile/internal/gateway/flips"
	"github.com/domicile-dev/domicile/internal/gateway/keys"
	"github.com/domicile-dev/domicile/internal/gateway/tokens"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// gatewayParts are the parts of the gateway.
type gatewayParts struct {
	options   gatewayOptions
	manager   manager.Manager
	snapshots *snapshot.Holder
	contact   *contact.Contact
	builder   *snapshotbuilder.Builder
	keys      *keys.Table
	followers []*contact.Followed
	clock     clock.WithTicker
	readiness *gatewayReadiness
	flips     *flips.Feed
}

func executeGateway(ctx context.Context, args []string) error {
	o, err := parseGatewayFlags(args, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case o.printVersion:
		fmt.Fprintln(os.Stdout, "domicile", version())
		return nil
	}
	return runGateway(ctx, o)
}

// runGateway puts the gateway together, and runs it until the context ends.
func runGateway(ctx context.Context, o gatewayOptions) error {
	setLogger(zap.New(zap.UseFlagOptions(&o.log)))
	log := ctrl.Log.WithName("gateway")
	log.Info("Starting", "version", version(), "namespace", o.namespace)
	limitMemory(log)
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	config.UserAgent, config.QPS = "domicile-gateway/"+version(), -1
	secret, err := o.digestKey()
	if err != nil {
		return err
	}
	reach, err := newContact(config, o.options)
	if err != nil {
		return err
	}
	p := gatewayParts{options: o, snapshots: &snapshot.Holder{}, contact: reach, clock: clock.RealClock{}, keys: keys.NewTable(secret)}
	p.flips = flips.New(p.snapshots, p.clock)
	if p.manager, err = p.newManager(ctx, config); err != nil {
		return err
	}
	p.readiness = &gatewayReadiness{parts: &p}
	for _, add := range []func(context.Context) error{p.addSnapshots, p.addKeys, p.addServers, p.addProbes} {
		if err := add(ctx); err != nil {
			return err
		}
	}
	return serve(ctx, p.manager, p.readiness, o.shutdownDelay)
}

func (p *gatewayParts) newManager(ctx context.Context, config *rest.Config) (manager.Manager, error) {
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	mgr, err := manager.New(config, manager.Options{
		Scheme:                  scheme,
		MapperProvider:          informers.NewMapper,
		Client:                  client.Options{Cache: &client.CacheOptions{DisableFor: informers.Uncached()}},
		Cache:                   cache.Options{NewInformer: p.contact.NewInformer},
		NewCache:                informers.NewCache(ctx, informers.Options{WorldOnly: true, Compact: snapshotbuilder.Compact(p.snapshots)}),
		HealthProbeBindAddress:  p.options.healthAddress,
		GracefulShutdownTimeout: ptr.To(p.options.drainTimeout),
		Metrics: metricsserver.Options{
			BindAddress: p.options.metricsAddress, SecureServing: true, FilterProvider: filters.WithAuthenticationAndAuthorization,
			ExtraHandlers: map[string]http.Handler{flips.Path: p.flips},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make the manager: %w", err)
	}
	return mgr, nil
}

// addSnapshots adds what makes the world, as the manager does it.
func (p *gatewayParts) addSnapshots(context.Context) error {
	mgr := p.manager
	var err error
	p.builder, err = snapshotbuilder.New(mgr.GetCache(), mgr.GetAPIReader(), p.snapshots, p.clock, metrics.Registry, ctrl.Log.WithName("snapshot"))
	if err != nil {
		return fmt.Errorf("make the snapshot builder: %w", err)
	}
	loader, err := registers.NewLoader(mgr.GetCache(), p.builder.UseRegisters, p.options.registers(), p.clock, metrics.Registry, ctrl.Log.WithName("registers"))
	if err != nil {
		return fmt.Errorf("make the register loader: %w", err)
	}
	p.builder.UseKinds(kinds.Found{}) // API requests are of no kind
	p.contact.Behind(p.builder.Behind)
	return p.add(p.builder, p.contact, loader, &collector{p.snapshots, p.clock}, p.flips)
}

func (p *gatewayParts) add(all ...manager.Runnable) error {
	for _, r := range all {
		if err := p.manager.Add(r); err != nil {
			return fmt.Errorf("add %T: %w", r, err)
		}
	}
	return nil
}

// addKeys adds what follows the Secrets of API keys.
func (p *gatewayParts) addKeys(context.Context) error {
	namespaces := p.options.keyNamespaces
	if len(namespaces) == 0 {
		namespaces = []string{corev1.NamespaceAll}
	}
	for _, namespace := range namespaces {
		f, err := keys.Follow(p.manager.GetConfig(), p.manager.GetHTTPClient(), p.contact, p.keys, namespace)
		if err != nil {
			return fmt.Errorf("follow API keys: %w", err)
		}
		p.followers = append(p.followers, f)
		if err := p.add(f); err != nil {
			return err
		}
	}
	return nil
}

// fresh is an error while what is known may be too old to decide from.
func (p *gatewayParts) fresh() error {
	if err := p.contact.Check(); err != nil {
		return err
	}
	for _, f := range p.followers {
		if err := f.Check(); err != nil {
			return err
		}
	}
	return nil
}

// newGateway makes what answers.
func (p *gatewayParts) newGateway(ctx context.Context, observe func(*gateway.Answer)) (*gateway.Gateway, error) {
	namespaces, err := newWatchedNamespaces(ctx, p.manager.GetCache())
	if err != nil {
		return nil, err
	}
	verifier, err := p.newVerifier()
	if err != nil {
		return nil, err
	}
	return gateway.New(gateway.Options{
		Snapshots: p.snapshots, Keys: p.keys, Namespaces: namespaces, Tokens: verifier, Fresh: p.fresh, Clock: p.clock.Now, Observe: observe,
	}), p.add(verifier)
}

func (p *gatewayParts) newVerifier() (*tokens.Verifier, error) {
	clients, err := kubernetes.NewForConfigAndClient(p.manager.GetConfig(), p.manager.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("make a client for ConfigMaps: %w", err)
	}
	return tokens.New(tokens.Options{
		Client:    newJWKSClient(),
		ConfigMap: jwksIn(clients.CoreV1().ConfigMaps(p.options.namespace)),
		Wanted: func() (wanted []*call.Token) {
			current := p.snapshots.Load()
			if current == nil {
				return nil
			}
			for _, a := range current.Objects.AccessPoints.All() {
				for i := range a.Point.Ways {
					if t := a.Point.Ways[i].Token; t != nil {
						wanted = append(wanted, t)
					}
				}
			}
			return wanted
		},
		Clock: p.clock, Log: ctrl.Log.WithName("tokens"),
	}), nil
}

func (p *gatewayParts) addProbes(context.Context) error {
	if err := p.manager.AddHealthzCheck("snapshot-builder", func(*http.Request) error { return p.builder.Alive() }); err != nil {
		return fmt.Errorf("add a health check: %w", err)
	}
	if err := p.manager.AddReadyzCheck("gateway", p.readiness.check); err != nil {
		return fmt.Errorf("add a readiness check: %w", err)
	}
	return nil
}

// gatewayReadiness says whether this replica can answer.
type gatewayReadiness struct {
	parts    *gatewayParts
	draining atomic.Bool
}

func (r *gatewayReadiness) drain() { r.draining.Store(true) }

// check is an error until everything is known that answers are made from.
func (r *gatewayReadiness) check(*http.Request) error {
	switch {
	case r.draining.Load():
		return errors.New("shutting down")
	case r.parts.snapshots.Load() == nil:
		return errors.New("the first snapshot has not been built yet")
	default:
		return r.parts.fresh()
	}
}
