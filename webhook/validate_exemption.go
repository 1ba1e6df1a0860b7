package webhook

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// exemptionValidator refuses TenantExemptions that cannot be compiled. Who may
// make one is a matter of RBAC.
type exemptionValidator struct {
	snapshots *snapshot.Holder
	clock     func() time.Time
}

var _ admission.Validator[*v1alpha1.TenantExemption] = (*exemptionValidator)(nil)

// ValidateCreate implements admission.Validator.
func (v *exemptionValidator) ValidateCreate(_ context.Context, e *v1alpha1.TenantExemption) (admission.Warnings, error) {
	declared := translate.Exemption(e)
	if err := invalid("TenantExemption", e.Name, declared.Errs); err != nil {
		return nil, err
	}
	compiled := declared.Exemption
	var warnings admission.Warnings
	if !v.clock().Before(compiled.ExpiresAt) {
		warnings = append(warnings, fmt.Sprintf("it expired at %s and has no effect", compiled.ExpiresAt.UTC().Format(time.RFC3339)))
	}
	if current := v.snapshots.Load(); current != nil {
		if current.Tenant(compiled.Tenant) == nil {
			warnings = append(warnings, fmt.Sprintf("there is no Tenant %s yet", compiled.Tenant))
		}
		if policy := string(e.Spec.PolicyRef.Name); !knownPolicy(current, policy) {
			warnings = append(warnings, fmt.Sprintf("there is no TenantPolicy %s yet", policy))
		}
	}
	return warnings, nil
}

func knownPolicy(s *snapshot.Snapshot, name string) bool {
	for _, p := range s.Policies {
		if p.Name == name {
			return true
		}
	}
	return false
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v *exemptionValidator) ValidateUpdate(ctx context.Context, old, updated *v1alpha1.TenantExemption) (admission.Warnings, error) {
	if reflect.DeepEqual(old.Spec, updated.Spec) {
		return nil, nil
	}
	return v.ValidateCreate(ctx, updated)
}

// ValidateDelete implements admission.Validator.
func (v *exemptionValidator) ValidateDelete(context.Context, *v1alpha1.TenantExemption) (admission.Warnings, error) {
	return nil, nil
}
