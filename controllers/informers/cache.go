package informers

import (
	"context"
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// Options say how much the cache keeps.
type Options struct {
	// Namespace and Secret name the only Secret that is watched.
	Namespace, Secret string
	// Configuration names the only webhook configuration that is watched.
	Configuration string
	// WorldOnly has only those kinds watched that decisions are made from.
	WorldOnly bool
	// Compact makes of a Tenant or LegalEntity what the cache keeps of it.
	Compact toolscache.TransformFunc
}

// NewCache makes the manager's cache, with an informer of every kind that is
// read from it. As the informers are there before the manager is, nothing can
// read a kind too early; and as nobody can add one later, whoever reads another
// kind fails always, and not on busy machines only.
//
// The cache keeps out of memory what the manager has no business with: it
// watches one Secret and one webhook configuration, and of Namespaces the
// metadata. Of Tenants and LegalEntities, of which there may be hundreds of
// thousands, it keeps what was compiled: clients read those from the API server
// (see Uncached).
func NewCache(ctx context.Context, of Options) cache.NewCacheFunc {
	own := func(name string) fields.Selector { return fields.OneTermEqualSelector(metav1.ObjectNameField, name) }
	return func(config *rest.Config, o cache.Options) (cache.Cache, error) {
		o.ReaderFailOnMissingInformer = true
		o.DefaultTransform = cache.TransformStripManagedFields()
		o.ByObject = map[client.Object]cache.ByObject{
			&corev1.Secret{}: {Namespaces: map[string]cache.Config{of.Namespace: {FieldSelector: own(of.Secret)}}},
			&admissionv1.ValidatingWebhookConfiguration{}: {Field: own(of.Configuration)},
			&v1alpha1.Tenant{}:                            {Transform: of.Compact},
			&v1alpha1.LegalEntity{}:                       {Transform: of.Compact},
		}
		if err := readFast(config, &o); err != nil {
			return nil, err
		}
		c, err := cache.New(config, o)
		if err != nil {
			return nil, fmt.Errorf("make the cache: %w", err)
		}
		complete := &completeCache{Cache: c, scheme: o.Scheme, kinds: map[watchedKind]bool{}}
		for _, object := range watched(of.WorldOnly) {
			kind, err := complete.kindOf(object)
			if err != nil {
				return nil, err
			}
			// This waits for nothing, as the cache has not been started.
			if _, err := c.GetInformer(ctx, object); err != nil {
				return nil, fmt.Errorf("watch %s: %w", kind, err)
			}
			complete.kinds[kind] = true
		}
		return complete, nil
	}
}
