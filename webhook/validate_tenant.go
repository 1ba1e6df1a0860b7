package webhook

import (
	"context"
	"reflect"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// tenantValidator refuses Tenants that cannot be compiled.
type tenantValidator struct {
	unknown unknownParties
}

var _ admission.Validator[*v1alpha1.Tenant] = (*tenantValidator)(nil)

// ValidateCreate implements admission.Validator.
func (v *tenantValidator) ValidateCreate(ctx context.Context, t *v1alpha1.Tenant) (admission.Warnings, error) {
	compiled := translate.Tenant(t)
	if err := invalid("Tenant", t.Name, compiled.Errs); err != nil {
		return nil, err
	}
	linked := make([]ownership.Ref, 0, len(compiled.Tenant.Links))
	for _, link := range compiled.Tenant.Links {
		linked = append(linked, link.Party)
	}
	return v.unknown.warnings(ctx, linked), nil
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v *tenantValidator) ValidateUpdate(ctx context.Context, old, updated *v1alpha1.Tenant) (admission.Warnings, error) {
	if reflect.DeepEqual(old.Spec, updated.Spec) {
		return nil, nil
	}
	return v.ValidateCreate(ctx, updated)
}

// ValidateDelete implements admission.Validator.
func (v *tenantValidator) ValidateDelete(context.Context, *v1alpha1.Tenant) (admission.Warnings, error) {
	return nil, nil
}
