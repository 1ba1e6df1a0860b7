package webhook

import (
	"context"
	"fmt"

	admissionv1 "k8s.io/api/admission/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

// admitScale admits a scale subresource. A Scale carries none of its parent's
// annotations, so the parent is read, but only if there shall be more of it.
func (h *Handler) admitScale(ctx context.Context, r *request) (outcome, error) {
	if r.Operation == admissionv1.Update && !growth.Scale(r.oldObject.content(), r.object.content()) {
		return outcome{passed: passNoGrowth}, nil
	}
	current, err := h.current()
	if err != nil {
		return outcome{}, err
	}
	raw, err := h.dependencies.Lookup.Object(ctx, r.gvr(), r.Namespace, r.Name)
	if apierrors.IsForbidden(err) {
		of := kinds.Resource{Group: r.Resource.Group, Resource: r.Resource.Resource}
		return outcome{}, fmt.Errorf("a Scale does not say whose it is, and Domicile may not read %s %s. %s", r.Resource.Resource, r.Name, kinds.Grant(of))
	}
	if err != nil {
		return outcome{}, fmt.Errorf("find out whose %s %s is: %w", r.Resource.Resource, r.Name, err)
	}
	parent := translate.Read(raw)
	parent.Object.Strangers = nil // It exists.
	identify(parent.Object, r)
	if err := h.gather(ctx, current, r.Namespace, &parent); err != nil {
		return outcome{}, err
	}
	parent.Object.Variables = variables(r)
	return h.conclude(ctx, current, input{object: parent.Object, growth: true, user: r.UserInfo})
}
