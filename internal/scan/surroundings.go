package scan

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// namespaces finds out what namespaces there are and whose, and visits them.
func (p *pass) namespaces(ctx context.Context) error {
	if p.only != nil {
		for _, name := range p.only {
			if err := p.oneNamespace(ctx, name); err != nil {
				return err
			}
		}
		return nil
	}
	err := pages(ctx, p, metav1.ListOptions{}, p.options.Metadata.Resource(translate.NamespaceResource).List,
		func(page *metav1.PartialObjectMetadataList) error {
			for i := range page.Items {
				if err := p.namespace(&page.Items[i]); err != nil {
					return err
				}
			}
			return nil
		})
	return p.gap(translate.NamespaceResource, err)
}

func (p *pass) oneNamespace(ctx context.Context, name string) error {
	if p.options.Skip(name) {
		return nil
	}
	p.stats.Requests++
	ns, err := p.options.Metadata.Resource(translate.NamespaceResource).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return p.gap(translate.NamespaceResource, err)
	}
	return p.namespace(ns)
}

func (p *pass) namespace(m *metav1.PartialObjectMetadata) error {
	if p.options.Skip(m.Name) {
		return nil
	}
	p.known[m.Name] = translate.NamespaceOf(m.Name, m.Labels, m.Annotations)
	u, err := asObject(m, "Namespace")
	if err != nil {
		return err
	}
	return p.visit(decide(p.world, p.at, translate.NamespaceResource, u, nil, &p.neighbours))
}

// in finds the namespace of an object; false if it is not gone over. One that
// came after the Namespaces were listed is read by itself.
func (p *pass) in(ctx context.Context, name string) (*residency.Namespace, bool, error) {
	switch {
	case name == "":
		return nil, true, nil
	case p.options.Skip(name):
		return nil, false, nil
	case p.known[name] == nil:
		if err := p.oneNamespace(ctx, name); err != nil {
			return nil, false, err
		}
		if p.known[name] == nil { // gone, or not to be read, which is a gap
			p.known[name] = translate.NamespaceOf(name, nil, nil)
		}
	}
	return p.known[name], true, nil
}

// serviceAccounts notes what workloads may use because of what they run as.
func (p *pass) serviceAccounts(ctx context.Context) error {
	for _, namespace := range p.scopes(true) {
		err := pages(ctx, p, metav1.ListOptions{}, p.options.Objects.Resource(translate.ServiceAccountResource).Namespace(namespace).List,
			func(page *unstructured.UnstructuredList) error {
				for i := range page.Items {
					u := &page.Items[i]
					p.neighbours.AddServiceAccount(u.GetNamespace(), u.GetName(), u.Object)
				}
				return nil
			})
		if err := p.gap(translate.ServiceAccountResource, err); err != nil {
			return err
		}
	}
	return nil
}

// asObject makes an object of its metadata.
func asObject(m *metav1.PartialObjectMetadata, kind string) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(m)
	if err != nil {
		return nil, fmt.Errorf("read the metadata of %s %s: %w", kind, m.Name, err)
	}
	u := &unstructured.Unstructured{Object: content}
	u.SetAPIVersion("v1")
	u.SetKind(kind)
	return u, nil
}
