package webhook

import "context"

// admitServiceAccount admits the claims of a ServiceAccount, which decide who may
// run as it. Putting, changing or removing one needs the verb bind on the tenants
// involved; saying again whom the namespace is bound to needs nothing.
func (h *Handler) admitServiceAccount(ctx context.Context, r *request) (outcome, error) {
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
	if err := h.gather(ctx, current, r.Namespace, &updated); err != nil {
		return outcome{}, err
	}
	if ns := updated.Object.Namespace; ns != nil {
		for _, claim := range ns.Tenants() {
			delete(changes.tenants, claim.Tenant)
		}
	}
	return h.conclude(ctx, current, input{object: updated.Object, claims: true, changes: changes, user: r.UserInfo})
}
