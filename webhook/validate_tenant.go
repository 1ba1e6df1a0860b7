package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// tenantValidator also warns of parties that nobody knows, and of what the
// namespaces of a tenant mean for others.
func tenantValidator(unknown unknownParties, access Access) *validator[*v1alpha1.Tenant] {
	places := tenantPlaces(unknown)
	return &validator[*v1alpha1.Tenant]{
		specOf: func(t *v1alpha1.Tenant) any { return t.Spec },
		allow: func(ctx context.Context, old, updated *v1alpha1.Tenant) error {
			return mayBindNamespaces(ctx, access, old, updated)
		},
		check: func(ctx context.Context, t *v1alpha1.Tenant) (admission.Warnings, error) {
			compiled := translate.Tenant(t)
			if err := invalid("Tenant", t.Name, compiled.Errs); err != nil {
				return nil, err
			}
			linked := make([]ownership.Ref, 0, len(compiled.Tenant.Links))
			for _, link := range compiled.Tenant.Links {
				linked = append(linked, link.Party)
			}
			return append(unknown.warnings(ctx, linked), places.warnings(ctx, compiled)...), nil
		},
	}
}

// mayBindNamespaces asks for the verb bind where a Tenant's spec binds other
// namespaces than before: that says whose everything in them is, as the
// annotation of the Namespace does.
func mayBindNamespaces(ctx context.Context, access Access, old, updated *v1alpha1.Tenant) error {
	if slices.Equal(boundBy(old), boundBy(updated)) {
		return nil
	}
	request, err := admission.RequestFromContext(ctx)
	if err != nil {
		return fmt.Errorf("find out who changes Tenant %s: %w", updated.Name, err)
	}
	allowed, err := access.May(ctx, request.UserInfo, v1alpha1.BindVerb, updated.Name)
	switch {
	case err != nil:
		return apierrors.NewServiceUnavailable(fmt.Sprintf("ask whether the user may bind namespaces to Tenant %s: %v", updated.Name, err))
	case !allowed:
		tenants := schema.GroupResource{Group: v1alpha1.Group, Resource: "tenants"}
		return apierrors.NewForbidden(tenants, updated.Name, errors.New("spec.namespaces.bound: "+bindDetail(request.UserInfo.Username, updated.Name)))
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
