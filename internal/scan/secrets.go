package scan

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

// secrets finds out whose the Secrets are, for the workloads that read them, and
// visits API keys. As long as type or label make an API key, metadata is all
// that is read of any Secret; only names in the data that a policy asks for need
// whole ones, whose values are dropped before anything else looks at them.
func (p *pass) secrets(ctx context.Context) error {
	for _, namespace := range p.scopes(true) {
		var err error
		if len(p.world.APIKeyNames) > 0 {
			err = p.wholeSecrets(ctx, namespace)
		} else {
			err = p.secretMetadata(ctx, namespace)
		}
		if err := p.gap(translate.SecretResource, err); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) wholeSecrets(ctx context.Context, namespace string) error {
	o := metav1.ListOptions{Limit: min(secretsPageSize, p.options.PageSize)}
	return pages(ctx, p, o, p.options.Objects.Resource(translate.SecretResource).Namespace(namespace).List,
		func(page *unstructured.UnstructuredList) error {
			for i := range page.Items {
				translate.RedactSecret(page.Items[i].Object)
			}
			for i := range page.Items {
				u := &page.Items[i]
				p.neighbours.AddSecret(u.GetNamespace(), u.GetName(), u.GetAnnotations())
				if err := p.secret(ctx, u); err != nil {
					return err
				}
			}
			return nil
		})
}

// secretMetadata goes over the metadata of all Secrets, which has the label, and
// then over that of the Secrets of the type.
func (p *pass) secretMetadata(ctx context.Context, namespace string) error {
	client := p.options.Metadata.Resource(translate.SecretResource).Namespace(namespace)
	err := pages(ctx, p, metav1.ListOptions{}, client.List, func(page *metav1.PartialObjectMetadataList) error {
		for i := range page.Items {
			m := &page.Items[i]
			p.neighbours.AddSecret(m.Namespace, m.Name, m.Annotations)
			if m.Labels[v1alpha1.APIKeyLabel] != "true" {
				continue
			}
			if err := p.secretOf(ctx, m, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	typed := metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("type", v1alpha1.APIKeySecretType).String()}
	return pages(ctx, p, typed, client.List, func(page *metav1.PartialObjectMetadataList) error {
		for i := range page.Items {
			if err := p.secretOf(ctx, &page.Items[i], v1alpha1.APIKeySecretType); err != nil {
				return err
			}
		}
		return nil
	})
}

// secretOf visits a Secret of which the metadata is known, and the type if it
// is not "".
func (p *pass) secretOf(ctx context.Context, m *metav1.PartialObjectMetadata, secretType string) error {
	u, err := asObject(m, "Secret")
	if err != nil {
		return err
	}
	if secretType != "" {
		u.Object["type"] = secretType
	}
	return p.secret(ctx, u)
}

// secret visits a Secret if it is an API key.
func (p *pass) secret(ctx context.Context, u *unstructured.Unstructured) error {
	ns, ok, err := p.in(ctx, u.GetNamespace())
	if !ok || err != nil {
		return err
	}
	f := decide(p.world, p.at, translate.SecretResource, u, ns, &p.neighbours)
	if !p.world.IsAbout(f.Object) {
		return nil
	}
	return p.visit(f)
}
