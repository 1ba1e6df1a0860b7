package manager

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/domicile-dev/domicile/controllers/certificate"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// run puts the program together, and runs it until the context ends and
// everything has been drained.
func run(ctx context.Context, o options) error {
	setLogger(zap.New(zap.UseFlagOptions(&o.log)))
	log := ctrl.Log.WithName("manager")
	log.Info("Starting", "version", version(), "namespace", o.namespace)

	limitMemory(log)
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	config.UserAgent = "domicile/" + version()
	// No limit of our own: an admission request must not wait behind others,
	// and the API server protects itself (API Priority and Fairness).
	config.QPS = -1
	certificates := &certificate.Store{}
	snapshots := &snapshot.Holder{}
	reach, err := newContact(config, o)
	if err != nil {
		return err
	}
	guard, err := newGuard(config, o)
	if err != nil {
		return err
	}
	server := newListening(newWebhookServer(o, certificates, guard), certificates.GetCertificate)
	mgr, err := newManager(ctx, config, o, certificates, snapshots, server, reach)
	if err != nil {
		return err
	}
	p := parts{
		options: o, manager: mgr, certificates: certificates, snapshots: snapshots, clock: clock.RealClock{}, contact: reach, guard: guard,
		readiness: &readiness{snapshots: snapshots, contact: reach, server: server},
	}
	for _, add := range []func() error{
		p.addSnapshots,
		func() error { return p.addControllers(ctx) },
		p.addGuard,
		func() error { return p.addWebhook(ctx) },
		p.addSuspension,
		p.addAudit,
		p.addProbes,
	} {
		if err := add(); err != nil {
			return err
		}
	}
	return serve(ctx, mgr, p.readiness, o.shutdownDelay)
}

// addProbes says when the manager is alive and when it is ready.
func (p *parts) addProbes() error {
	if err := p.manager.AddHealthzCheck("snapshot-builder", func(*http.Request) error { return p.builder.Alive() }); err != nil {
		return fmt.Errorf("add a health check: %w", err)
	}
	if err := p.manager.AddReadyzCheck("webhook", p.readiness.check); err != nil {
		return fmt.Errorf("add a readiness check: %w", err)
	}
	return nil
}

// serve runs the manager. When the context ends it turns /readyz false and goes
// on answering for the delay, because API servers and proxies learn only with
// some delay that this replica is going; then it stops, and requests that have
// begun are answered to their end.
func serve(ctx context.Context, mgr manager.Manager, r interface{ drain() }, delay time.Duration) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	synced := make(onStart)
	if err := mgr.Add(synced); err != nil {
		return fmt.Errorf("add the start signal: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(running) }()
	select {
	case err := <-ended:
		return ranTo(err)
	case <-ctx.Done():
	}
	log := ctrl.Log.WithName("manager")
	select {
	case <-synced:
	default:
		// Nobody relies on this replica yet. The manager cannot be stopped now:
		// it first waits until its caches are in sync, for ever if need be.
		log.Info("Ending before the caches are in sync")
		return nil
	}
	log.Info("Shutting down", "delay", delay.String())
	r.drain()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		stop()
		return ranTo(<-ended)
	case err := <-ended:
		return ranTo(err)
	}
}

func ranTo(err error) error {
	if err != nil {
		return fmt.Errorf("run the manager: %w", err)
	}
	return nil
}

// onStart is closed when the manager runs what needs the caches.
type onStart chan struct{}

// Start says that the caches are in sync.
func (s onStart) Start(context.Context) error {
	close(s)
	return nil
}

// NeedLeaderElection says no: every replica has caches.
func (s onStart) NeedLeaderElection() bool { return false }
