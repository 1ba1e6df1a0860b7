package webhook

import (
	"context"
	"errors"
	"fmt"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// outcome is what is found out about a request. With a failure nothing is.
type outcome struct {
	// object is what was decided about; nil if nothing had to be.
	object *residency.Object
	// decisions has the refusals that need no policy, then those of the policies.
	decisions []residency.Decision
	// rollout says that what was decided about would start new Pods.
	rollout bool
	// passed says why no verdict was needed; "" if one was.
	passed passReason
	// replaces is the kind of what a Pod is made again for, "" if that makes no
	// difference; note says why it does not, if one of Kubernetes' controllers makes it.
	replaces, note string
	// revision is that of the snapshot that was decided from.
	revision string
	failure  error
}

// passReason is why a request passes without a verdict.
type passReason string

const (
	// passDelete: deleting is shrinking.
	passDelete passReason = "Delete"
	// passNoGrowth: an UPDATE that grows nothing and changes no claim.
	passNoGrowth passReason = "NoGrowth"
	// passNoClaim: a Namespace that binds nobody, or a ServiceAccount that is nobody's.
	passNoClaim passReason = "NoClaim"
	// passStaticPod: a node shows a static Pod, which runs already.
	passStaticPod passReason = "StaticPod"
)

// errNotReady is why nothing can be known before the caches are filled.
var errNotReady = errors.New("policies, tenants and ownership have not been read yet")

// admit finds the way that fits the request. An error means that the answer
// cannot be known.
func (h *Handler) admit(ctx context.Context, r *request) (outcome, error) {
	switch {
	case r.Operation == admissionv1.Delete:
		return outcome{passed: passDelete}, nil
	case isStaticPod(r):
		return outcome{passed: passStaticPod}, nil
	case r.isScale():
		return h.admitScale(ctx, r)
	case r.isNamespace():
		return h.admitNamespace(ctx, r)
	case r.isServiceAccount():
		return h.admitServiceAccount(ctx, r)
	default:
		return h.admitObject(ctx, r)
	}
}

// admitObject admits a workload or a Secret.
func (h *Handler) admitObject(ctx context.Context, r *request) (outcome, error) {
	updated := r.object.read()
	identify(updated.Object, r)
	if r.secretDataChanged && !isBuiltinController(r.UserInfo) {
		updated.Object.SystemSecret = false // Nobody else writes what is in one.
	}
	updated.Object.EmptiedSecret = r.isSecret() && translate.IsEmptiedSecret(r.object.content())
	in := input{object: updated.Object, growth: true, user: r.UserInfo}
	if r.Operation == admissionv1.Update {
		old := r.oldObject.read()
		identify(old.Object, r)
		var err error
		if in.growth, err = h.grows(r, old.Object, updated.Object); err != nil {
			return outcome{}, err
		}
		in.changes = compareClaims(old, updated, r.object.content)
		if old.Object.APIKey && !updated.Object.APIKey {
			in.changes.unmark()
		}
		updated.Object.Strangers = strangersThatCome(old, updated)
		if !in.growth && in.changes.none() && len(updated.Object.Strangers) == 0 {
			return outcome{passed: passNoGrowth}, nil
		}
		keepMarks(updated.Object, old.Object)
		if in.growth {
			keepClaims(updated.Object, old.Object)
		}
	}
	if isBuiltinController(r.UserInfo) {
		updated.Object.Strangers = nil
	}

	current, err := h.current()
	if err != nil {
		return outcome{}, err
	}
	if err := h.gather(ctx, current, r.Namespace, &updated); err != nil {
		return outcome{}, err
	}
	in.object = updated.Object // as it is placed now
	in.object.Variables = variables(r)
	out, err := h.conclude(ctx, current, in)
	if err == nil {
		out, err = h.replaced(ctx, current, r, in, out)
	}
	out.rollout = r.Operation == admissionv1.Update && out.denies() && growth.Rollout(r.oldObject.content(), r.object.content())
	return out, err
}

// identify fills in what only the request says of the object.
func identify(o *residency.Object, r *request) {
	o.Operation = residency.Create
	if r.Operation == admissionv1.Update {
		o.Operation = residency.Update
	}
	o.Group, o.Version, o.Resource, o.Subresource = r.Resource.Group, r.Resource.Version, r.Resource.Resource, r.SubResource
	if o.Name == "" {
		o.Name = r.Name
	}
	if o.Kind == "" {
		o.Kind = r.Kind.Kind
	}
}

// current is the snapshot to decide from.
func (h *Handler) current() (*snapshot.Snapshot, error) {
	if h.dependencies.Synced != nil && !h.dependencies.Synced() {
		return nil, errNotReady
	}
	if err := h.dependencies.fresh(); err != nil {
		return nil, oldWorld{err}
	}
	current := h.dependencies.Snapshots.Load()
	if current == nil {
		return nil, errNotReady
	}
	return current, nil
}

// errLate is why nothing can be known when the time is up.
func errLate(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the time for an answer is up: %w", err)
	}
	return nil
}
