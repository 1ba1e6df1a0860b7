package informers

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/codec"
)

// readFast has the informers of Tenants and LegalEntities read what they receive in
// one pass: decoding it as client-go does takes most of the time of a start.
func readFast(config *rest.Config, o *cache.Options) (err error) {
	if o.HTTPClient == nil {
		if o.HTTPClient, err = rest.HTTPClientFor(config); err != nil {
			return fmt.Errorf("make a client: %w", err)
		}
	}
	kind := v1alpha1.GroupVersion.WithKind
	tenants, err := codec.ListWatch(config, o.HTTPClient, o.Scheme, kind("Tenant"), "tenants", func() codec.Object { return &v1alpha1.Tenant{} })
	if err != nil {
		return fmt.Errorf("watch Tenants: %w", err)
	}
	entities, err := codec.ListWatch(config, o.HTTPClient, o.Scheme, kind("LegalEntity"), "legalentities", func() codec.Object { return &v1alpha1.LegalEntity{} })
	if err != nil {
		return fmt.Errorf("watch LegalEntities: %w", err)
	}
	newInformer := o.NewInformer
	if newInformer == nil {
		newInformer = toolscache.NewSharedIndexInformer
	}
	o.NewInformer = func(lw toolscache.ListerWatcher, object runtime.Object, resync time.Duration, indexers toolscache.Indexers) toolscache.SharedIndexInformer {
		switch object.(type) {
		case *v1alpha1.Tenant:
			lw = tenants
		case *v1alpha1.LegalEntity:
			lw = entities
		}
		return newInformer(lw, object, resync, indexers)
	}
	return nil
}
