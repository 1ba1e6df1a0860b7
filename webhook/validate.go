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
	// allow says whether the user may make the change; old is the zero value for a new
	// object, and updated for one that is deleted. Nil allows every one that RBAC does.
	allow func(ctx context.Context, old, updated T) error
	// gone warns of what follows when an object is deleted. Nil is nothing.
	gone func(context.Context, T) admission.Warnings
}

// ValidateCreate implements admission.Validator.
func (v *validator[T]) ValidateCreate(ctx context.Context, o T) (admission.Warnings, error) {
	var none T
	return v.checked(ctx, none, o)
}

func (v *validator[T]) checked(ctx context.Context, old, updated T) (admission.Warnings, error) {
	if v.allow != nil {
		if err := v.allow(ctx, old, updated); err != nil {
			return nil, err
		}
	}
	return v.check(ctx, updated)
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v *validator[T]) ValidateUpdate(ctx context.Context, old, updated T) (admission.Warnings, error) {
	if reflect.DeepEqual(v.specOf(old), v.specOf(updated)) {
		return nil, nil
	}
	return v.checked(ctx, old, updated)
}

// ValidateDelete implements admission.Validator. What is deleted need not be valid.
func (v *validator[T]) ValidateDelete(ctx context.Context, o T) (admission.Warnings, error) {
	var none T
	if v.allow != nil {
		if err := v.allow(ctx, o, none); err != nil {
			return nil, err
		}
	}
	if v.gone == nil {
		return nil, nil
	}
	return v.gone(ctx, o), nil
}

// invalid makes the error that the API server makes of an invalid object.
func invalid(kind, name string, problems field.ErrorList) error {
	if len(problems) == 0 {
		return nil
	}
	return apierrors.NewInvalid(schema.GroupKind{Group: v1alpha1.Group, Kind: kind}, name, problems)
}
