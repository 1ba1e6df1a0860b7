package webhook

import (
	"context"

	admissionv1 "k8s.io/api/admission/v1"
)

// admitNamespace admits a Namespace, its status and its finalize subresource:
// all three can write metadata. Binding a Namespace to a tenant needs the verb
// bind, whether it exists yet or not. A new Namespace is given a verdict; one
// that exists grows by what is put into it, and that is given one.
func (h *Handler) admitNamespace(ctx context.Context, r *request) (outcome, error) {
	updated := r.object.read()
	old := r.former()
	changes := compareClaims(old, updated, r.object.content)
	updated.Object.Strangers = strangersThatCome(old, updated)
	if changes.none() && len(updated.Object.Strangers) == 0 {
		return outcome{passed: passNoClaim}, nil
	}
	identify(updated.Object, r)
	current, err := h.current()
	if err != nil {
		return outcome{}, err
	}
	updated.Object.Variables = variables(r)
	return h.conclude(ctx, current, input{
		object:  updated.Object,
		growth:  r.Operation == admissionv1.Create,
		changes: changes,
		user:    r.UserInfo,
	})
}
