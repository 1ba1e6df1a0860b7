package webhook

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

// policyValidator also warns of policies that are in effect at once.
func policyValidator(clock func() time.Time) *validator[*v1alpha1.TenantPolicy] {
	return &validator[*v1alpha1.TenantPolicy]{
		specOf: func(p *v1alpha1.TenantPolicy) any { return p.Spec },
		check: func(_ context.Context, p *v1alpha1.TenantPolicy) (admission.Warnings, error) {
			return noNotice(p, clock()), invalid("TenantPolicy", p.Name, translate.Policy(p).Errs)
		},
	}
}

// noNotice warns of a notice period that is over before it begins.
func noNotice(p *v1alpha1.TenantPolicy, now time.Time) admission.Warnings {
	e := p.Spec.Enforcement
	if e.EffectiveFrom == nil || e.EffectiveFrom.After(now) {
		return nil
	}
	return admission.Warnings{fmt.Sprintf("spec.enforcement.effectiveFrom: %s is in the past, so the policy is in effect at once",
		e.EffectiveFrom.UTC().Format(time.RFC3339))}
}
