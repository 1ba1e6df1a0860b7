package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// tenantValidator also warns of parties that nobody knows, and of what the
// namespaces of a tenant mean for others.
func tenantValidator(unknown unknownParties, access Access, now func() time.Time) *validator[*v1alpha1.Tenant] {
	places := tenantPlaces{unknown, now}
	return &validator[*v1alpha1.Tenant]{
		specOf: func(t *v1alpha1.Tenant) any { return []any{t.Spec, ownersOf(t)} },
		allow: func(ctx context.Context, old, updated *v1alpha1.Tenant) error {
			return mayBindNamespaces(ctx, access, old, updated)
		},
		gone: places.left,
		check: func(ctx context.Context, t *v1alpha1.Tenant) (admission.Warnings, error) {
			compiled := translate.Tenant(t)
			if err := invalid("Tenant", t.Name, compiled.Errs); err != nil {
				return nil, err
			}
			linked := make([]ownership.Ref, 0, len(compiled.Tenant.Links))
			for _, link := range compiled.Tenant.Links {
				linked = append(linked, link.Party)
			}
			return append(unknown.warnings(ctx, linked), places.wanted(ctx, compiled)...), nil
		},
	}
}

// mayBindNamespaces asks for the verb bind where a Tenant binds other namespaces than
// before, because of its spec or because it goes: that says whose everything in them is,
// as the annotation of the Namespace does. Whoever gives it an owner can have it go, too;
// the garbage collector, which then deletes it, is not asked.
func mayBindNamespaces(ctx context.Context, access Access, old, updated *v1alpha1.Tenant) error {
	if slices.Equal(boundBy(old), boundBy(updated)) && !getsOwner(old, updated) {
		return nil
	}
	request, err := admission.RequestFromContext(ctx)
	if err != nil {
		return fmt.Errorf("find out who binds namespaces by a Tenant: %w", err)
	}
	if updated == nil && isBuiltinController(request.UserInfo) {
		return nil
	}
	name := cmp.Or(updated, old).Name
	allowed, err := access.May(ctx, request.UserInfo, v1alpha1.BindVerb, name)
	switch {
	case err != nil:
		return apierrors.NewServiceUnavailable(fmt.Sprintf("ask whether the user may bind namespaces to Tenant %s: %v", name, err))
	case !allowed:
		tenants := schema.GroupResource{Group: v1alpha1.Group, Resource: "tenants"}
		return apierrors.NewForbidden(tenants, name, errors.New("spec.namespaces.bound: "+bindDetail(request.UserInfo.Username, name)))
	default:
		return nil
	}
}

// boundBy lists the namespaces that a Tenant, which may be nil, binds; sorted.
func boundBy(t *v1alpha1.Tenant) []string {
	if t == nil || t.Spec.Namespaces == nil {
		return nil
	}
	return slices.Sorted(slices.Values(t.Spec.Namespaces.Bound))
}

// ownersOf are those of a Tenant that binds namespaces.
func ownersOf(t *v1alpha1.Tenant) []types.UID {
	if len(boundBy(t)) == 0 {
		return nil
	}
	var owners []types.UID
	for _, o := range t.OwnerReferences {
		owners = append(owners, o.UID)
	}
	return owners
}

// getsOwner says whether a Tenant that binds namespaces comes to have another owner.
func getsOwner(old, updated *v1alpha1.Tenant) bool {
	return slices.ContainsFunc(ownersOf(updated), func(uid types.UID) bool { return !slices.Contains(ownersOf(old), uid) })
}
