package suspension

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// workload is a step with an object that a field suspends.
func (x *executor) workload(ctx context.Context, v view, k key) (outcome, error) {
	o, err := x.read(ctx, k.resource, k.namespace, k.name)
	if err != nil || o == nil || o.GetDeletionTimestamp() != nil {
		return outcome{}, err
	}
	way, f := wayOf(k.resource.GroupResource(), o)
	r, err := x.decide(ctx, v, k.resource, o)
	switch {
	case err != nil:
		return outcome{state: pending}, err
	case way == kinds.Nothing:
		return outcome{}, nil
	case way != kinds.Set:
		return x.cannot(r), nil
	case r.want == suspended:
		return x.suspendWorkload(ctx, v, k, o, f, r)
	case r.want == keep:
		return kept(o, f, r), nil
	default:
		return x.resumeWorkload(ctx, k, o, f, r)
	}
}

// cannot is the outcome for what runs and cannot be stopped.
func (x *executor) cannot(r ruling) outcome {
	if r.want != suspended {
		return outcome{}
	}
	return outcome{state: failed, ruling: r, problem: "nothing in this kind suspends it"}
}

func kept(o *unstructured.Unstructured, f *field, r ruling) outcome {
	if isMarked(o) && f.set(o.Object) {
		return outcome{state: inPlace, ruling: r}
	}
	return outcome{}
}

func (x *executor) suspendWorkload(ctx context.Context, v view, k key, o *unstructured.Unstructured, f *field, r ruling) (outcome, error) {
	if hasEnded(k.resource.GroupResource(), o) {
		return outcome{}, nil
	}
	if !f.set(o.Object) && !v.allowed(r.policies) {
		return outcome{state: pending, ruling: r, blocked: true}, nil
	}
	a, err := x.undoing(ctx, o)
	if err != nil {
		return outcome{state: pending, ruling: r}, err
	}
	if a != nil && v.allowed(r.policies) {
		data, err := a.field.suspend(a.object, r.policies)
		if err != nil {
			return outcome{state: failed, ruling: r, problem: err.Error()}, nil //nolint:nilerr // it is told
		}
		return wrote(opSuspend, r, x.patch(ctx, a.resource, a.object, data))
	}
	switch {
	case f.set(o.Object) && isMarked(o):
		return outcome{state: inPlace, ruling: r}, nil
	case f.set(o.Object):
		return outcome{}, nil // it was before: it is none of ours
	}
	data, err := f.suspend(o, r.policies)
	if err != nil {
		return outcome{state: failed, ruling: r, problem: err.Error()}, nil //nolint:nilerr // it is told
	}
	return wrote(opSuspend, r, x.patch(ctx, k.resource, o, data))
}

func (x *executor) resumeWorkload(ctx context.Context, k key, o *unstructured.Unstructured, f *field, r ruling) (outcome, error) {
	if isMarked(o) {
		data, err := f.resume(o)
		if err != nil {
			return outcome{state: failed, ruling: r, problem: err.Error()}, nil //nolint:nilerr // it is told
		}
		return wrote(opResume, r, x.patch(ctx, k.resource, o, data))
	}
	a, err := x.resumable(ctx, o)
	switch {
	case err != nil:
		return outcome{ruling: r}, err
	case a != nil && isMarked(a.object):
		return x.resumeAutoscaler(ctx, a, r)
	case a != nil, f.halts(o):
		return outcome{state: pending, ruling: r, after: soon}, nil // its controller has yet to go on
	default:
		return outcome{ruling: r}, nil
	}
}
