package webhook

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// tenantValidator also warns of parties that nobody knows.
func tenantValidator(unknown unknownParties) *validator[*v1alpha1.Tenant] {
	return &validator[*v1alpha1.Tenant]{
		specOf: func(t *v1alpha1.Tenant) any { return t.Spec },
		check: func(ctx context.Context, t *v1alpha1.Tenant) (admission.Warnings, error) {
			compiled := translate.Tenant(t)
			if err := invalid("Tenant", t.Name, compiled.Errs); err != nil {
				return nil, err
			}
			linked := make([]ownership.Ref, 0, len(compiled.Tenant.Links))
			for _, link := range compiled.Tenant.Links {
				linked = append(linked, link.Party)
			}
			return unknown.warnings(ctx, linked), nil
		},
	}
}
