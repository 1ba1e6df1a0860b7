package webhook

import (
	"context"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// validator refuses objects of one of Domicile's kinds that cannot be compiled.
type validator[T runtime.Object] struct {
	specOf func(T) any
	check  func(context.Context, T) (admission.Warnings, error)
}

// ValidateCreate implements admission.Validator.
func (v *validator[T]) ValidateCreate(ctx context.Context, o T) (admission.Warnings, error) {
	return v.check(ctx, o)
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v *validator[T]) ValidateUpdate(ctx context.Context, old, updated T) (admission.Warnings, error) {
	if reflect.DeepEqual(v.specOf(old), v.specOf(updated)) {
		return nil, nil
	}
	return v.check(ctx, updated)
}

// ValidateDelete implements admission.Validator.
func (v *validator[T]) ValidateDelete(context.Context, T) (admission.Warnings, error) {
	return nil, nil
}

// invalid makes the error that the API server makes of an invalid object.
func invalid(kind, name string, problems field.ErrorList) error {
	if len(problems) == 0 {
		return nil
	}
	return apierrors.NewInvalid(schema.GroupKind{Group: v1alpha1.Group, Kind: kind}, name, problems)
}
