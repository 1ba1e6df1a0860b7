package webhook

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

// registerValidator refuses OwnershipRegisters that cannot be loaded as they
// are declared. Whether their source is there is not asked here.
func registerValidator() *validator[*v1alpha1.OwnershipRegister] {
	return &validator[*v1alpha1.OwnershipRegister]{
		specOf: func(r *v1alpha1.OwnershipRegister) any { return r.Spec },
		check: func(_ context.Context, r *v1alpha1.OwnershipRegister) (admission.Warnings, error) {
			_, problems := translate.Register(r)
			return nil, invalid("OwnershipRegister", r.Name, problems)
		},
	}
}
