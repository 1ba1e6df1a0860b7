package apiserver

import (
	"context"
	"sync"
	"testing"

	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/domicile-dev/domicile/controllers/informers"
)

// Manager makes a manager with the cache that the program has. Compact makes of a
// Tenant or LegalEntity what the cache keeps; nil keeps all of it.
func (s *Server) Manager(t *testing.T, compact toolscache.TransformFunc) manager.Manager {
	t.Helper()
	mgr, err := manager.New(s.Config, manager.Options{
		Scheme:         s.Scheme(),
		MapperProvider: informers.NewMapper,
		NewCache: informers.NewCache(t.Context(), informers.Options{
			Namespace: Namespace, Secret: Secret, Configuration: Configuration, Compact: compact,
		}),
		Client:     client.Options{Cache: &client.CacheOptions{DisableFor: informers.Uncached()}},
		Metrics:    metricsserver.Options{BindAddress: "0"},
		Controller: config.Controller{SkipNameValidation: ptr.To(true)}, // every test starts its own
	})
	if err != nil {
		t.Fatal(err)
	}
	return mgr
}

// Start runs a manager, or a part of one, until the test or the first stop.
func Start(t *testing.T, r manager.Runnable) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Start(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("%T ended with: %v", r, err)
		}
	})
	t.Cleanup(stop)
	return stop
}
