package webhook

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

const (
	// parallelLookups is how many live reads one request makes at a time.
	parallelLookups = 8
	// maxSecrets is of how many Secrets one request asks the tenant.
	maxSecrets = 256
)

// gather finds what the object refers to: its namespace, the ServiceAccounts
// that it runs as, and the tenants of the Secrets that it reads. An error
// means that it is not known; what does not exist is not there.
func (h *Handler) gather(ctx context.Context, namespace string, r *translate.Reading) error {
	if namespace == "" {
		return nil
	}
	meta, err := h.dependencies.Lookup.Namespace(ctx, namespace)
	if err != nil {
		return err
	}
	r.Object.Namespace = translate.NamespaceOf(namespace, meta.Labels, meta.Annotations)
	for _, account := range r.ServiceAccounts {
		if err := h.gatherServiceAccount(ctx, r.Object, account); err != nil {
			return err
		}
	}
	return h.gatherSecrets(ctx, namespace, r.Object)
}

// gatherServiceAccount adds the Secrets that a ServiceAccount lets the object
// use. Whoever runs as the ServiceAccount of a tenant claims to be that tenant;
// an object that claims nothing does not become somebody's by it.
func (h *Handler) gatherServiceAccount(ctx context.Context, o *residency.Object, account translate.ServiceAccountReference) error {
	raw, err := h.dependencies.Lookup.ServiceAccount(ctx, o.Namespace.Name, account.Name)
	if exists, err := found(err); err != nil || !exists {
		return err
	}
	names, claims := translate.ServiceAccountSecrets(raw)
	for _, name := range names {
		addSecret(o, residency.SecretReference{Name: name, Path: account.Path})
	}
	if residency.Belongs(o) == "" {
		return nil
	}
	for _, claim := range claims.Tenants {
		addTenant(o, residency.Claim{Tenant: claim.Tenant, Path: account.Path})
	}
	return nil
}

func addSecret(o *residency.Object, s residency.SecretReference) {
	for _, known := range o.Secrets {
		if known.Name == s.Name && known.Namespace == s.Namespace {
			return
		}
	}
	o.Secrets = append(o.Secrets, s)
}

func addTenant(o *residency.Object, claim residency.Claim) {
	for _, known := range o.Claims.Tenants {
		if known.Tenant == claim.Tenant {
			return
		}
	}
	o.Claims.Tenants = append(o.Claims.Tenants, claim)
}

// gatherSecrets asks each Secret whose it is. It is asked live, so that a
// Secret which has just changed hands is known to have.
func (h *Handler) gatherSecrets(ctx context.Context, namespace string, o *residency.Object) error {
	if len(o.Secrets) > maxSecrets {
		o.Secrets = o.Secrets[:maxSecrets]
		o.Claims.Problems = append(o.Claims.Problems, residency.ClaimProblem{
			Reason:  residency.LimitExceeded,
			Message: fmt.Sprintf("the object and its ServiceAccounts refer to more than %d Secrets", maxSecrets),
		})
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelLookups)
	for i := range o.Secrets {
		group.Go(func() error {
			secret := &o.Secrets[i]
			where := secret.Namespace
			if where == "" {
				where = namespace
			}
			annotations, err := h.dependencies.Lookup.SecretAnnotations(ctx, where, secret.Name)
			if exists, err := found(err); err != nil || !exists {
				return err
			}
			secret.Tenant = translate.TenantOfSecret(annotations)
			return nil
		})
	}
	return group.Wait()
}
