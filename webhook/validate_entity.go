package webhook

import (
	"context"
	"reflect"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// entityValidator refuses LegalEntities that cannot be compiled.
type entityValidator struct {
	unknown unknownParties
}

var _ admission.Validator[*v1alpha1.LegalEntity] = (*entityValidator)(nil)

// ValidateCreate implements admission.Validator.
func (v *entityValidator) ValidateCreate(ctx context.Context, e *v1alpha1.LegalEntity) (admission.Warnings, error) {
	compiled := translate.LegalEntity(e)
	if err := invalid("LegalEntity", e.Name, compiled.Errs); err != nil {
		return nil, err
	}
	holders := make([]ownership.Ref, 0, len(compiled.Interests))
	for _, interest := range compiled.Interests {
		holders = append(holders, interest.Holder)
	}
	return v.unknown.warnings(ctx, holders), nil
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v *entityValidator) ValidateUpdate(ctx context.Context, old, updated *v1alpha1.LegalEntity) (admission.Warnings, error) {
	if reflect.DeepEqual(old.Spec, updated.Spec) {
		return nil, nil
	}
	return v.ValidateCreate(ctx, updated)
}

// ValidateDelete implements admission.Validator.
func (v *entityValidator) ValidateDelete(context.Context, *v1alpha1.LegalEntity) (admission.Warnings, error) {
	return nil, nil
}
