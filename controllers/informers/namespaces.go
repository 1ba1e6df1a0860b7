package informers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// NamespaceMetadata is what is watched of Namespaces.
func NamespaceMetadata() *metav1.PartialObjectMetadata {
	m := &metav1.PartialObjectMetadata{}
	m.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	return m
}

// Namespaces lists the Namespaces that a cache has.
func Namespaces(ctx context.Context, c client.Reader) ([]*residency.Namespace, error) {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("NamespaceList"))
	if err := c.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list the metadata of Namespaces: %w", err)
	}
	all := make([]*residency.Namespace, 0, len(list.Items))
	for i := range list.Items {
		m := &list.Items[i]
		all = append(all, translate.NamespaceOf(m.Name, m.Labels, m.Annotations))
	}
	return all, nil
}
