package controllers

import (
	"context"
	"errors"
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

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
func NewCache(ctx context.Context, namespace, secret string, holder *snapshot.Holder) cache.NewCacheFunc {
	own := func(name string) fields.Selector { return fields.OneTermEqualSelector(metav1.ObjectNameField, name) }
	return func(config *rest.Config, o cache.Options) (cache.Cache, error) {
		o.ReaderFailOnMissingInformer = true
		o.DefaultTransform = cache.TransformStripManagedFields()
		o.ByObject = map[client.Object]cache.ByObject{
			&corev1.Secret{}: {Namespaces: map[string]cache.Config{namespace: {FieldSelector: own(secret)}}},
			&admissionv1.ValidatingWebhookConfiguration{}: {Field: own(ConfigurationName)},
			&v1alpha1.Tenant{}:                            {Transform: compact(holder)},
			&v1alpha1.LegalEntity{}:                       {Transform: compact(holder)},
		}
		c, err := cache.New(config, o)
		if err != nil {
			return nil, fmt.Errorf("make the cache: %w", err)
		}
		complete := &completeCache{Cache: c, scheme: o.Scheme, kinds: map[watchedKind]bool{}}
		for _, object := range watched() {
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

// completeCache is a cache that gets no more informers.
type completeCache struct {
	cache.Cache
	scheme *runtime.Scheme
	kinds  map[watchedKind]bool
}

// watchedKind is a kind of which there is an informer: of its metadata, or of
// whole objects.
type watchedKind struct {
	schema.GroupVersionKind
	metadata bool
}

func (k watchedKind) String() string {
	if k.metadata {
		return "the metadata of " + k.Kind
	}
	return k.Kind
}

func (c *completeCache) kindOf(object client.Object) (watchedKind, error) {
	kind, err := apiutil.GVKForObject(object, c.scheme)
	if err != nil {
		return watchedKind{}, fmt.Errorf("find out the kind of %T: %w", object, err)
	}
	_, metadata := object.(*metav1.PartialObjectMetadata)
	return watchedKind{kind, metadata}, nil
}

func (c *completeCache) has(kind watchedKind) error {
	if !c.kinds[kind] {
		return fmt.Errorf("%s is not watched: it is missing in controllers/kinds.go", kind)
	}
	return nil
}

// GetInformer is an error for a kind that was not watched from the start.
func (c *completeCache) GetInformer(ctx context.Context, object client.Object, opts ...cache.InformerGetOption) (cache.Informer, error) {
	kind, err := c.kindOf(object)
	if err != nil {
		return nil, err
	}
	if err := c.has(kind); err != nil {
		return nil, err
	}
	return c.Cache.GetInformer(ctx, object, opts...)
}

// GetInformerForKind is an error for a kind that was not watched from the start.
func (c *completeCache) GetInformerForKind(ctx context.Context, kind schema.GroupVersionKind, opts ...cache.InformerGetOption) (cache.Informer, error) {
	if err := c.has(watchedKind{GroupVersionKind: kind}); err != nil {
		return nil, err
	}
	return c.Cache.GetInformerForKind(ctx, kind, opts...)
}

// IndexField is an error for a kind that was not watched from the start.
func (c *completeCache) IndexField(ctx context.Context, object client.Object, field string, value client.IndexerFunc) error {
	kind, err := c.kindOf(object)
	if err != nil {
		return err
	}
	if err := c.has(kind); err != nil {
		return err
	}
	return c.Cache.IndexField(ctx, object, field, value)
}

// RemoveInformer is always an error: others read from it.
func (c *completeCache) RemoveInformer(context.Context, client.Object) error {
	return errors.New("informers stay as long as the manager runs")
}
