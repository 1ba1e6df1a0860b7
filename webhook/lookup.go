package webhook

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// What admission looks up besides the objects that Scales belong to, where no watch has
// told of it: whose a Secret is (its metadata only), and what a ServiceAccount means.
// Kinds that a policy adds need a rule of the admin's (the chart's rbac.extraRules).
//+kubebuilder:rbac:groups="",resources=secrets;serviceaccounts,verbs=get

// Watched knows Secrets and ServiceAccounts from watches. Both say false for what they
// do not know, or know too little of: then it is read live.
type Watched interface {
	// Secret is the tenant that a Secret claims, "" if none.
	Secret(namespace, name string) (string, bool)
	// ServiceAccount is what running as a ServiceAccount means.
	ServiceAccount(namespace, name string) (translate.ServiceAccount, bool)
}

// LiveLookup is the Lookup of a real cluster. What watches know it does not read.
type LiveLookup struct {
	// Objects reads whole objects.
	Objects dynamic.Interface
	// Metadata reads metadata only, so that no data of a Secret crosses the wire.
	Metadata metadata.Interface
	// Watched knows Secrets and ServiceAccounts. Nil knows none.
	Watched Watched
	// Reads counts what is read live. Nil counts nothing.
	Reads *LiveReads
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
	l.Reads.add(readNamespace, err)
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

// SecretTenant implements Lookup.
func (l *LiveLookup) SecretTenant(ctx context.Context, namespace, name string) (string, error) {
	if l.Watched != nil {
		if tenant, ok := l.Watched.Secret(namespace, name); ok {
			return tenant, nil
		}
	}
	live, err := l.Metadata.Resource(translate.SecretResource).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	l.Reads.add(readSecret, err)
	if err != nil {
		return "", fmt.Errorf("read the metadata of Secret %s/%s: %w", namespace, name, err)
	}
	return translate.TenantOfSecret(live.Annotations), nil
}

// ServiceAccount implements Lookup.
func (l *LiveLookup) ServiceAccount(ctx context.Context, namespace, name string) (translate.ServiceAccount, error) {
	if l.Watched != nil {
		if account, ok := l.Watched.ServiceAccount(namespace, name); ok {
			return account, nil
		}
	}
	raw, err := l.read(ctx, readServiceAccount, translate.ServiceAccountResource, namespace, name)
	return translate.ReadServiceAccount(raw), err
}

// Object implements Lookup.
func (l *LiveLookup) Object(ctx context.Context, resource schema.GroupVersionResource, namespace, name string) (map[string]any, error) {
	return l.read(ctx, readOther, resource, namespace, name)
}

func (l *LiveLookup) read(ctx context.Context, why readReason, resource schema.GroupVersionResource, namespace, name string) (map[string]any, error) {
	var reader dynamic.ResourceInterface = l.Objects.Resource(resource)
	if namespace != "" {
		reader = l.Objects.Resource(resource).Namespace(namespace)
	}
	live, err := reader.Get(ctx, name, metav1.GetOptions{})
	l.Reads.add(why, err)
	if err != nil {
		return nil, fmt.Errorf("read %s %s/%s: %w", resource.Resource, namespace, name, err)
	}
	return live.Object, nil
}

// podsAtATime is how many Pods are read with one call.
const podsAtATime = 500

// Pods implements Lookup.
func (l *LiveLookup) Pods(ctx context.Context, namespace, selector string, each func(growth.Pod) bool) error {
	options := metav1.ListOptions{FieldSelector: selector, Limit: podsAtATime}
	for {
		list, err := l.Metadata.Resource(translate.PodResource).Namespace(namespace).List(ctx, options)
		l.Reads.add(readPods, err)
		if err != nil {
			return fmt.Errorf("list the Pods of namespace %s: %w", namespace, err)
		}
		for i := range list.Items {
			if !each(podOf(&list.Items[i].ObjectMeta)) {
				return nil
			}
		}
		if options.Continue = list.Continue; options.Continue == "" {
			return nil
		}
	}
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
