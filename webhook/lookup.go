package webhook

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// What admission looks up besides the objects that Scales belong to: whose a
// Secret is (its metadata only), and which Secrets a ServiceAccount brings along.
// Kinds that a policy adds need a rule of the admin's (the chart's rbac.extraRules).
//+kubebuilder:rbac:groups="",resources=secrets;serviceaccounts,verbs=get

// LiveLookup is the Lookup of a real cluster. It reads every object live but
// Namespaces that are in a cache: an answer about who owns a Secret must not be
// older than the Secret.
type LiveLookup struct {
	// Objects reads whole objects.
	Objects dynamic.Interface
	// Metadata reads metadata only, so that no data of a Secret crosses the wire.
	Metadata metadata.Interface
	// CachedNamespace reads a Namespace from a cache; false if it is not there.
	CachedNamespace func(ctx context.Context, name string) (NamespaceMeta, bool)
	// CachedNamespaces lists them from a cache. Nil lists none.
	CachedNamespaces func(ctx context.Context) ([]*residency.Namespace, error)
}

var _ Lookup = (*LiveLookup)(nil)

// Namespace implements Lookup.
func (l *LiveLookup) Namespace(ctx context.Context, name string) (NamespaceMeta, error) {
	if l.CachedNamespace != nil {
		if cached, ok := l.CachedNamespace(ctx, name); ok {
			return cached, nil
		}
	}
	live, err := l.Metadata.Resource(translate.NamespaceResource).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return NamespaceMeta{}, fmt.Errorf("read Namespace %s: %w", name, err)
	}
	return NamespaceMeta{Labels: live.Labels, Annotations: live.Annotations}, nil
}

// Namespaces implements Lookup.
func (l *LiveLookup) Namespaces(ctx context.Context) ([]*residency.Namespace, error) {
	if l.CachedNamespaces == nil {
		return nil, nil
	}
	return l.CachedNamespaces(ctx)
}

// SecretAnnotations implements Lookup.
func (l *LiveLookup) SecretAnnotations(ctx context.Context, namespace, name string) (map[string]string, error) {
	live, err := l.Metadata.Resource(translate.SecretResource).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("read the metadata of Secret %s/%s: %w", namespace, name, err)
	}
	return live.Annotations, nil
}

// ServiceAccount implements Lookup.
func (l *LiveLookup) ServiceAccount(ctx context.Context, namespace, name string) (map[string]any, error) {
	return l.Object(ctx, translate.ServiceAccountResource, namespace, name)
}

// Object implements Lookup.
func (l *LiveLookup) Object(ctx context.Context, resource schema.GroupVersionResource, namespace, name string) (map[string]any, error) {
	var reader dynamic.ResourceInterface = l.Objects.Resource(resource)
	if namespace != "" {
		reader = l.Objects.Resource(resource).Namespace(namespace)
	}
	live, err := reader.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("read %s %s/%s: %w", resource.Resource, namespace, name, err)
	}
	return live.Object, nil
}

// found tells an object that does not exist from one that is not known.
func found(err error) (bool, error) {
	switch {
	case err == nil:
		return true, nil
	case apierrors.IsNotFound(err):
		return false, nil
	default:
		return false, err
	}
}
