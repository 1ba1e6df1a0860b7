package scan

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// maxRestarts is how often the list of one resource is begun again because the
// API server has forgotten the state that its pages are of. After that the rest
// is taken as it stands now.
const maxRestarts = 2

// list is a list of whole objects or of metadata: what all lists of the client
// libraries have in common.
type list interface {
	GetContinue() string
}

// pages asks for page after page.
func pages[L list](ctx context.Context, p *pass, o metav1.ListOptions, get func(context.Context, metav1.ListOptions) (L, error), each func(L) error) error {
	if o.Limit == 0 {
		o.Limit = p.options.PageSize
	}
	for restarts := 0; ; {
		p.stats.Requests++
		page, err := get(ctx, o)
		switch {
		case apierrors.IsResourceExpired(err) && o.Continue != "":
			if o.Continue, restarts = "", restarts+1; restarts > maxRestarts {
				if o.Continue = remainder(err); o.Continue == "" {
					return err
				}
			}
			continue
		case err != nil:
			return err
		}
		if err := each(page); err != nil {
			return &visitError{err}
		}
		if o.Continue = page.GetContinue(); o.Continue == "" {
			return nil
		}
	}
}

// remainder is the token for the rest of a list whose state has been forgotten.
func remainder(err error) string {
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return status.Status().Continue
	}
	return ""
}

// visitError is an error that has nothing to do with the API server.
type visitError struct{ err error }

func (e *visitError) Error() string { return e.err.Error() }
func (e *visitError) Unwrap() error { return e.err }

// gap notes that a resource cannot be read and lets the scan go on, or returns
// the error if nothing else would do better.
func (p *pass) gap(resource schema.GroupVersionResource, err error) error {
	var visit *visitError
	reason := GapFailed
	switch {
	case err == nil:
		return nil
	case errors.As(err, &visit):
		return visit.err
	case apierrors.IsNotFound(err):
		return nil // not served any more: there is nothing
	case apierrors.IsForbidden(err) && p.world.HoldsPods != nil && p.world.HoldsPods(resource.Group, resource.Resource):
		reason = GapUngranted
	case apierrors.IsForbidden(err):
		reason = GapForbidden
	case apierrors.IsInternalError(err), apierrors.IsMethodNotSupported(err), apierrors.IsNotAcceptable(err), apierrors.IsResourceExpired(err):
	default:
		return fmt.Errorf("list %s: %w", resource.GroupResource(), err)
	}
	name := resource.GroupResource().String()
	for _, g := range p.stats.Gaps {
		if g.Resource == name {
			return nil
		}
	}
	p.stats.Gaps = append(p.stats.Gaps, Gap{Resource: name, Reason: reason, Err: err})
	return nil
}

// objects goes over one resource, in all namespaces ("") or in one.
func (p *pass) objects(ctx context.Context, r covered, namespace string) error {
	err := pages(ctx, p, metav1.ListOptions{}, p.options.Objects.Resource(r.GroupVersionResource).Namespace(namespace).List,
		func(page *unstructured.UnstructuredList) error {
			for i := range page.Items {
				if err := p.object(ctx, r.GroupVersionResource, &page.Items[i]); err != nil {
					return err
				}
			}
			return nil
		})
	return p.gap(r.GroupVersionResource, err)
}

// object decides about one object, unless it is in a namespace that is not gone
// over.
func (p *pass) object(ctx context.Context, resource schema.GroupVersionResource, u *unstructured.Unstructured) error {
	ns, ok, err := p.in(ctx, u.GetNamespace())
	if !ok || err != nil {
		return err
	}
	return p.visit(decide(p.world, p.at, resource, u, ns, &p.neighbours))
}
