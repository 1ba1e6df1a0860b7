package scan

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// secrets finds out whose the Secrets are, for the workloads that read them, and
// visits API keys and what is judged as such. As long as type, label or namespace make
// an API key, metadata is all that is read of any Secret; only names in the data that a policy asks for need
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

// secretMetadata goes over the metadata of all Secrets. It has no type, so those of the
// types that matter are listed by themselves, the others last.
func (p *pass) secretMetadata(ctx context.Context, namespace string) error {
	client := p.options.Metadata.Resource(translate.SecretResource).Namespace(namespace)
	typed := []string{v1alpha1.APIKeySecretType, translate.SystemSecretType}
	others := make([]fields.Selector, 0, len(typed))
	list := func(of fields.Selector, secretType string) error {
		o := metav1.ListOptions{FieldSelector: of.String()}
		return pages(ctx, p, o, client.List, func(page *metav1.PartialObjectMetadataList) error {
			for i := range page.Items {
				m := &page.Items[i]
				p.neighbours.AddSecret(m.Namespace, m.Name, m.Annotations)
				if err := p.secretOf(ctx, m, secretType); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, secretType := range typed {
		others = append(others, fields.OneTermNotEqualSelector("type", secretType))
		if err := list(fields.OneTermEqualSelector("type", secretType), secretType); err != nil {
			return err
		}
	}
	return list(fields.AndSelectors(others...), "")
}

// secretOf visits a Secret of which the metadata is known, and the type if it
// is not "". Most are nobody's, and are not looked at any closer.
func (p *pass) secretOf(ctx context.Context, m *metav1.PartialObjectMetadata, secretType string) error {
	if ns, ok, err := p.in(ctx, m.Namespace); !ok || err != nil {
		return err
	} else if o := p.world.Placed(&residency.Object{Namespace: ns}); secretType != v1alpha1.APIKeySecretType && m.Labels[v1alpha1.APIKeyLabel] == "" && !o.Bound() {
		return nil
	}
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
