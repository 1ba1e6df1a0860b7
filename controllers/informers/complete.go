package informers

import (
	"context"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

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
		return fmt.Errorf("%s is not watched: it is missing in controllers/informers/kinds.go", kind)
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
