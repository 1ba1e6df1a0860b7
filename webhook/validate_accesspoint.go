package webhook

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

// accessPointValidator refuses AccessPoints at which nothing could be known.
func accessPointValidator() *validator[*v1alpha1.AccessPoint] {
	return &validator[*v1alpha1.AccessPoint]{
		specOf: func(a *v1alpha1.AccessPoint) any { return a.Spec },
		check: func(_ context.Context, a *v1alpha1.AccessPoint) (admission.Warnings, error) {
			return nil, invalid("AccessPoint", a.Name, translate.AccessPoint(a).Errs)
		},
	}
}
