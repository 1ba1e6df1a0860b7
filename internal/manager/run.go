package manager

import (
	"context"
	"fmt"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/domicile-dev/domicile/controllers/certificate"
)

// run puts the program together, and runs it until the context ends and
// everything has been drained.
func run(ctx context.Context, o options) error {
	c, err := begin("manager", "domicile", o)
	if err != nil {
		return err
	}
	guard, err := newGuard(c.config, o)
	if err != nil {
		return err
	}
	if err := newTurn(c.config, o, ctrl.Log.WithName("manager")).await(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	certificates := &certificate.Store{}
	server := newListening(newWebhookServer(o, certificates, guard), certificates.GetCertificate)
	p := parts{
		core: c, certificates: certificates, guard: guard,
		readiness: &readiness{snapshots: c.snapshots, contact: c.contact, server: server},
	}
	if err := p.newManager(ctx, server); err != nil {
		return err
	}
	for _, add := range []func() error{
		p.addSnapshots,
		func() error { return p.addControllers(ctx) },
		p.addGuard,
		func() error { return p.addWebhook(ctx) },
		p.addSuspension,
		p.addAudit,
		func() error { return p.addProbes("webhook", p.readiness.check) },
	} {
		if err := add(); err != nil {
			return err
		}
	}
	return serve(ctx, p.manager, p.readiness, o.shutdownDelay)
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
