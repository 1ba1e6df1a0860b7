package manager

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/webhook"
)

// namespaceCache reads the metadata of Namespaces from an informer.
type namespaceCache struct {
	reader client.Reader
	synced func() bool
}

// newNamespaceCache reads from the cache, which starts with the manager.
func newNamespaceCache(ctx context.Context, c cache.Cache) (*namespaceCache, error) {
	informer, err := c.GetInformer(ctx, informers.NamespaceMetadata())
	if err != nil {
		return nil, fmt.Errorf("watch Namespaces: %w", err)
	}
	return &namespaceCache{reader: c, synced: informer.HasSynced}, nil
}

// get is false for a Namespace that the informer does not have.
func (n *namespaceCache) get(ctx context.Context, name string) (webhook.NamespaceMeta, bool) {
	ns := informers.NamespaceMetadata()
	// Nobody writes to what is read here.
	if err := n.reader.Get(ctx, client.ObjectKey{Name: name}, ns, &client.GetOptions{UnsafeDisableDeepCopy: new(true)}); err != nil {
		return webhook.NamespaceMeta{}, false
	}
	return webhook.NamespaceMeta{Labels: ns.Labels, Annotations: ns.Annotations}, true
}

// namespace is get for those who decide without a context: the informer answers at once.
func (n *namespaceCache) namespace(name string) (*residency.Namespace, bool) {
	//nolint:forbidigo // it is read from memory: there is nothing to wait for
	m, ok := n.get(context.Background(), name)
	if !ok {
		return nil, false
	}
	return translate.NamespaceOf(name, m.Labels, m.Annotations), true
}

// all lists the Namespaces that the informer has.
func (n *namespaceCache) all(ctx context.Context) ([]*residency.Namespace, error) {
	return informers.Namespaces(ctx, n.reader)
}
