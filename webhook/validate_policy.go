package webhook

import (
	"context"
	"fmt"
	"strings"
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
			return append(noNotice(p, clock()), refusesNobody(p)...), invalid("TenantPolicy", p.Name, translate.Policy(p).Errs)
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

// refusesNobody warns of a policy that seems only to look on, and yet refuses by
// its defaults what is nobody's.
func refusesNobody(p *v1alpha1.TenantPolicy) admission.Warnings {
	e := p.Spec.Enforcement
	if e.Restricted == "" || e.Restricted == v1alpha1.ActionDeny {
		return nil
	}
	var fields []string
	if e.UnidentifiedInTenantNamespaces == v1alpha1.ActionDeny {
		fields = append(fields, "unidentifiedInTenantNamespaces")
	}
	if e.TenantNotFound == v1alpha1.ActionDeny {
		fields = append(fields, "tenantNotFound")
	}
	if len(fields) == 0 {
		return nil
	}
	return admission.Warnings{fmt.Sprintf("spec.enforcement: restricted is %s, but it has %s: Deny, also by default: objects without a tenant that exists are refused",
		e.Restricted, strings.Join(fields, " and "))}
}
