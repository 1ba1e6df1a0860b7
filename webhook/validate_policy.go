package webhook

import (
	"context"
	"fmt"
	"reflect"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

// policyValidator refuses TenantPolicies that cannot be compiled.
type policyValidator struct {
	clock func() time.Time
}

var _ admission.Validator[*v1alpha1.TenantPolicy] = (*policyValidator)(nil)

// ValidateCreate implements admission.Validator.
func (v *policyValidator) ValidateCreate(_ context.Context, p *v1alpha1.TenantPolicy) (admission.Warnings, error) {
	return v.warnings(p), invalid("TenantPolicy", p.Name, translate.Policy(p).Errs)
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v *policyValidator) ValidateUpdate(ctx context.Context, old, updated *v1alpha1.TenantPolicy) (admission.Warnings, error) {
	if reflect.DeepEqual(old.Spec, updated.Spec) {
		return nil, nil
	}
	return v.ValidateCreate(ctx, updated)
}

// ValidateDelete implements admission.Validator.
func (v *policyValidator) ValidateDelete(context.Context, *v1alpha1.TenantPolicy) (admission.Warnings, error) {
	return nil, nil
}

func (v *policyValidator) warnings(p *v1alpha1.TenantPolicy) admission.Warnings {
	e := p.Spec.Enforcement
	if e.EffectiveFrom == nil || e.EffectiveFrom.After(v.clock()) {
		return nil
	}
	return admission.Warnings{fmt.Sprintf("spec.enforcement.effectiveFrom: %s is in the past, so the policy is in effect at once",
		e.EffectiveFrom.UTC().Format(time.RFC3339))}
}

// invalid makes the error that the API server makes of an invalid object.
func invalid(kind, name string, problems field.ErrorList) error {
	if len(problems) == 0 {
		return nil
	}
	return apierrors.NewInvalid(schema.GroupKind{Group: v1alpha1.Group, Kind: kind}, name, problems)
}
