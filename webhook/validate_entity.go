package webhook

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// entityValidator also warns of holders that nobody knows.
func entityValidator(unknown unknownParties) *validator[*v1alpha1.LegalEntity] {
	return &validator[*v1alpha1.LegalEntity]{
		specOf: func(e *v1alpha1.LegalEntity) any { return e.Spec },
		check: func(ctx context.Context, e *v1alpha1.LegalEntity) (admission.Warnings, error) {
			compiled := translate.LegalEntity(e)
			if err := invalid("LegalEntity", e.Name, compiled.Errs); err != nil {
				return nil, err
			}
			holders := make([]ownership.Ref, 0, len(compiled.Interests))
			for _, interest := range compiled.Interests {
				holders = append(holders, interest.Holder)
			}
			return unknown.warnings(ctx, holders), nil
		},
	}
}
