package webhook

import (
	"context"
	"reflect"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

// registerValidator refuses OwnershipRegisters that cannot be loaded as they
// are declared. Whether their source is there is not asked here.
type registerValidator struct{}

var _ admission.Validator[*v1alpha1.OwnershipRegister] = registerValidator{}

// ValidateCreate implements admission.Validator.
func (registerValidator) ValidateCreate(_ context.Context, r *v1alpha1.OwnershipRegister) (admission.Warnings, error) {
	_, problems := translate.Register(r)
	return nil, invalid("OwnershipRegister", r.Name, problems)
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v registerValidator) ValidateUpdate(ctx context.Context, old, updated *v1alpha1.OwnershipRegister) (admission.Warnings, error) {
	if reflect.DeepEqual(old.Spec, updated.Spec) {
		return nil, nil
	}
	return v.ValidateCreate(ctx, updated)
}

// ValidateDelete implements admission.Validator.
func (registerValidator) ValidateDelete(context.Context, *v1alpha1.OwnershipRegister) (admission.Warnings, error) {
	return nil, nil
}
