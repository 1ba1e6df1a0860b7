package webhook

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// exemptionValidator also warns of exemptions without effect. Who may make one is
// a matter of RBAC.
func exemptionValidator(snapshots *snapshot.Holder, clock func() time.Time) *validator[*v1alpha1.TenantExemption] {
	return &validator[*v1alpha1.TenantExemption]{
		specOf: func(e *v1alpha1.TenantExemption) any { return e.Spec },
		check: func(_ context.Context, e *v1alpha1.TenantExemption) (admission.Warnings, error) {
			compiled := translate.Exemption(e)
			if err := invalid("TenantExemption", e.Name, compiled.Errs); err != nil {
				return nil, err
			}
			return noEffect(compiled, snapshots.Load(), clock()), nil
		},
	}
}

// noEffect warns of what keeps an exemption from having one.
func noEffect(e *translate.CompiledExemption, current *snapshot.Snapshot, now time.Time) (warnings admission.Warnings) {
	if expires := e.Exemption.ExpiresAt; !now.Before(expires) {
		warnings = append(warnings, fmt.Sprintf("it expired at %s and has no effect", expires.UTC().Format(time.RFC3339)))
	}
	if current == nil {
		return warnings
	}
	if tenant := e.Exemption.Tenant; current.Tenant(tenant) == nil {
		warnings = append(warnings, fmt.Sprintf("there is no Tenant %s yet", tenant))
	}
	if !slices.ContainsFunc(current.Policies, func(p *residency.Policy) bool { return p.Name == e.Policy }) {
		warnings = append(warnings, fmt.Sprintf("there is no TenantPolicy %s yet", e.Policy))
	}
	return warnings
}
