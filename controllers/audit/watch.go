package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// changedNamespaces are those that have got another binding or other labels, or
// Secrets of somebody's, or are gone. The zero value is ready for use.
type changedNamespaces struct {
	mu         sync.Mutex
	names      map[string]bool
	everything bool
	signal     chan struct{}
}

// all says that nobody knows which.
func (c *changedNamespaces) all() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.everything = true
	c.tell()
}

func (c *changedNamespaces) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.names == nil {
		c.names = map[string]bool{}
	}
	c.names[name] = true
	c.tell()
}

func (c *changedNamespaces) tell() {
	if c.signal != nil {
		close(c.signal)
		c.signal = nil
	}
}

// wake is closed when there are any.
func (c *changedNamespaces) wake() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.signal == nil {
		c.signal = make(chan struct{})
		if len(c.names) > 0 || c.everything {
			closed := c.signal
			c.signal = nil
			close(closed)
			return closed
		}
	}
	return c.signal
}

func (c *changedNamespaces) take() (names []string, everything bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	names, everything = slices.Sorted(maps.Keys(c.names)), c.everything
	c.names, c.everything = nil, false
	return names, everything
}

// watch notes the Namespaces that change, on the informer that admission uses
// too.
func (a *Auditor) watch(ctx context.Context) error {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	informer, err := a.options.Cache.GetInformer(ctx, object)
	if err != nil {
		return fmt.Errorf("watch Namespaces: %w", err)
	}
	registration, err := informer.AddEventHandler(toolscache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(o any, initial bool) {
			if m, ok := o.(*metav1.PartialObjectMetadata); ok && !initial && len(binding(m)) > 0 {
				a.changed.add(m.Name)
			}
		},
		UpdateFunc: func(before, after any) {
			b, okBefore := before.(*metav1.PartialObjectMetadata)
			m, okAfter := after.(*metav1.PartialObjectMetadata)
			if okBefore && okAfter && (!maps.Equal(binding(b), binding(m)) || !maps.Equal(b.Labels, m.Labels)) {
				a.changed.add(m.Name)
			}
		},
		DeleteFunc: func(o any) {
			if gone, ok := o.(toolscache.DeletedFinalStateUnknown); ok {
				o = gone.Obj
			}
			if m, ok := o.(*metav1.PartialObjectMetadata); ok {
				a.changed.add(m.Name)
			}
		},
	})
	if err != nil {
		return fmt.Errorf("watch Namespaces: %w", err)
	}
	if !toolscache.WaitForCacheSync(ctx.Done(), registration.HasSynced) && ctx.Err() == nil {
		return errors.New("the informer of Namespaces did not get in sync")
	}
	return nil
}

// binding has the annotations that say which tenant everything in a namespace
// belongs to.
func binding(m *metav1.PartialObjectMetadata) map[string]string {
	b := map[string]string{}
	for _, key := range []string{v1alpha1.TenantAnnotation, v1alpha1.OnBehalfOfAnnotation, v1alpha1.OwnerAnnotation} {
		if value, ok := m.Annotations[key]; ok {
			b[key] = value
		}
	}
	return b
}
