package contact

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/domicile-dev/domicile/internal/eventwatch"
)

// pageSize is how many objects one request lists.
const pageSize = 5000

// initial is an API server that may not tell everything there is in a watch: before
// Kubernetes 1.34 the feature gate WatchList is off (KEP-3157). Then it is listed. Informers
// do that by themselves.
type initial struct {
	toolscache.ListerWatcherWithContext
}

// WatchWithContext implements toolscache.WatcherWithContext.
func (i initial) WatchWithContext(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
	w, err := i.ListerWatcherWithContext.WatchWithContext(ctx, o)
	if apierrors.IsInvalid(err) && strings.Contains(err.Error(), "sendInitialEvents") {
		return i.fromList(ctx)
	}
	return w, err //nolint:wrapcheck // as if it were called itself
}

// fromList tells of everything there is as such a watch does, and ends there: each object
// was added, and then a bookmark has the revision of that. It is not older than the call.
func (i initial) fromList(ctx context.Context) (watch.Interface, error) {
	first, err := i.ListWithContext(ctx, metav1.ListOptions{Limit: pageSize})
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	return eventwatch.New(ctx, func(ctx context.Context, send eventwatch.Send) error { return i.tell(ctx, first, send) }), nil
}

// tell sends what is on a page and on those that follow it.
func (i initial) tell(ctx context.Context, page runtime.Object, send eventwatch.Send) error {
	for {
		if err := meta.EachListItem(page, func(o runtime.Object) error { return send(ctx, watch.Event{Type: watch.Added, Object: o}) }); err != nil {
			return fmt.Errorf("read a page: %w", err)
		}
		list, err := meta.ListAccessor(page)
		if err != nil {
			return fmt.Errorf("read a page: %w", err)
		}
		if list.GetContinue() == "" {
			all := &metav1.PartialObjectMetadata{}
			all.ResourceVersion = list.GetResourceVersion()
			all.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
			return send(ctx, watch.Event{Type: watch.Bookmark, Object: all})
		}
		if page, err = i.ListWithContext(ctx, metav1.ListOptions{Limit: pageSize, Continue: list.GetContinue()}); err != nil {
			return fmt.Errorf("list: %w", err)
		}
	}
}
