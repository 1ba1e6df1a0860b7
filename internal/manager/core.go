package manager

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"

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
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// core is what manager and gateway have in common: both know the world.
type core struct {
	options   options
	config    *rest.Config
	manager   manager.Manager
	snapshots *snapshot.Holder
	contact   *contact.Contact
	builder   *snapshotbuilder.Builder
	clock     clock.WithTicker
}

// executeWith runs a program with its flags, unless they ask for less.
func executeWith(o *options, err error, run func() error) error {
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case o.printVersion:
		fmt.Fprintln(os.Stdout, "domicile", version())
		return nil
	default:
		return run()
	}
}

// begin sets up logging and memory, and finds the API server. The manager is the
// caller's to make.
func begin(name, userAgent string, o options) (core, error) {
	setLogger(zap.New(zap.UseFlagOptions(&o.log)))
	log := ctrl.Log.WithName(name)
	log.Info("Starting", "version", version(), "namespace", o.namespace)
	limitMemory(log)
	config, err := ctrl.GetConfig()
	if err != nil {
		return core{}, fmt.Errorf("find the cluster: %w", err)
	}
	config.UserAgent = userAgent + "/" + version()
	// No limit of our own: a request must not wait behind others, and the API server
	// protects itself (API Priority and Fairness).
	config.QPS = -1
	reach, err := newContact(config, o)
	if err != nil {
		return core{}, err
	}
	return core{options: o, config: config, snapshots: &snapshot.Holder{}, contact: reach, clock: clock.RealClock{}}, nil
}

// managerOptions are those of every manager.
func (c *core) managerOptions(ctx context.Context, informed informers.Options) (manager.Options, error) {
	scheme, err := newScheme()
	if err != nil {
		return manager.Options{}, err
	}
	informed.Compact = snapshotbuilder.Compact(c.snapshots)
	return manager.Options{
		Scheme:                  scheme,
		MapperProvider:          informers.NewMapper,
		Client:                  client.Options{Cache: &client.CacheOptions{DisableFor: informers.Uncached()}},
		Cache:                   cache.Options{NewInformer: c.contact.NewInformer},
		NewCache:                informers.NewCache(ctx, informed),
		HealthProbeBindAddress:  c.options.healthAddress,
		GracefulShutdownTimeout: ptr.To(c.options.drainTimeout),
		Metrics: metricsserver.Options{
			BindAddress:    c.options.metricsAddress,
			SecureServing:  true,
			FilterProvider: filters.WithAuthenticationAndAuthorization,
		},
	}, nil
}

// newManager makes the manager.
func (c *core) newManager(o manager.Options) (err error) {
	if c.manager, err = manager.New(c.config, o); err != nil {
		return fmt.Errorf("make the manager: %w", err)
	}
	return nil
}

// add adds what runs as long as the manager.
func (c *core) add(all ...manager.Runnable) error {
	for _, r := range all {
		if err := c.manager.Add(r); err != nil {
			return fmt.Errorf("add %T: %w", r, err)
		}
	}
	return nil
}

// addWorld adds the snapshot builder, and the loader of registers, which feeds it.
func (c *core) addWorld() (*registers.Loader, error) {
	informed := c.manager.GetCache()
	var err error
	c.builder, err = snapshotbuilder.New(informed, c.manager.GetAPIReader(), c.snapshots, c.clock, metrics.Registry, ctrl.Log.WithName("snapshot"))
	if err != nil {
		return nil, fmt.Errorf("make the snapshot builder: %w", err)
	}
	loader, err := registers.NewLoader(informed, c.builder.UseRegisters, c.options.registers(), c.clock, metrics.Registry, ctrl.Log.WithName("registers"))
	if err != nil {
		return nil, fmt.Errorf("make the register loader: %w", err)
	}
	c.contact.Behind(c.builder.Behind)
	return loader, c.add(c.builder, c.contact, loader, &collector{c.snapshots, c.clock})
}

// addProbes says when the program is alive and when it is ready.
func (c *core) addProbes(name string, ready func(*http.Request) error) error {
	if err := c.manager.AddHealthzCheck("snapshot-builder", func(*http.Request) error { return c.builder.Alive() }); err != nil {
		return fmt.Errorf("add a health check: %w", err)
	}
	tells := &told{check: ready, clock: c.clock, log: ctrl.Log.WithName("readiness")}
	if err := c.manager.AddReadyzCheck(name, tells.Check); err != nil {
		return fmt.Errorf("add a readiness check: %w", err)
	}
	return nil
}
