package webhook

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// parallelLookups is how many live reads one request makes at a time.
const parallelLookups = 8

// gather finds what the object refers to: its namespace, the ServiceAccounts
// that it runs as, and the tenants of the Secrets that it reads. An error
// means that it is not known; what does not exist is not there.
func (h *Handler) gather(ctx context.Context, world *snapshot.Snapshot, namespace string, r *translate.Reading) error {
	if namespace == "" {
		return nil
	}
	meta, err := h.dependencies.Lookup.Namespace(ctx, namespace)
	if err != nil {
		return err
	}
	r.Object.Namespace = translate.NamespaceOf(namespace, meta.Labels, meta.Annotations)
	r.Object = world.Placed(r.Object)
	for _, account := range r.ServiceAccounts {
		if err := h.gatherServiceAccount(ctx, r.Object, account); err != nil {
			return err
		}
	}
	return h.gatherSecrets(ctx, namespace, r.Object)
}

// gatherServiceAccount adds the claims of the ServiceAccount that an object runs as,
// and the Secrets that come with it.
func (h *Handler) gatherServiceAccount(ctx context.Context, o *residency.Object, reference translate.ServiceAccountReference) error {
	account, err := h.dependencies.Lookup.ServiceAccount(ctx, o.Namespace.Name, reference.Name)
	if exists, err := found(err); err != nil || !exists {
		return err
	}
	translate.RunsAs(o, reference, account)
	return nil
}

// gatherSecrets finds out the tenant of each Secret, as it was a moment ago: what is
// given to another tenant meanwhile the audit finds.
func (h *Handler) gatherSecrets(ctx context.Context, namespace string, o *residency.Object) error {
	if len(o.Secrets) == 0 {
		return nil
	}
	translate.BoundSecrets(o)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelLookups)
	for i := range o.Secrets {
		group.Go(func() error {
			secret := &o.Secrets[i]
			where := secret.Namespace
			if where == "" {
				where = namespace
			}
			tenant, err := h.dependencies.Lookup.SecretTenant(ctx, where, secret.Name)
			if exists, err := found(err); err != nil || !exists {
				return err
			}
			secret.Tenant = tenant
			return nil
		})
	}
	return group.Wait()
}
