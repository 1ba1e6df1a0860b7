package contact

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// pageSize is how many objects one request lists.
const pageSize = 5000

// needsList says that an API server does not tell everything there is in a watch: before
// Kubernetes 1.34 the feature gate WatchList is off (KEP-3157).
func needsList(err error) bool {
	return apierrors.IsInvalid(err) && strings.Contains(err.Error(), "sendInitialEvents")
}

// fromList tells of everything there is as such a watch does, and ends there: each object
// was added, and then a bookmark has the revision of that. It is not older than the call.
func (k *kind) fromList(ctx context.Context) (watch.Interface, error) {
	ctx, cancel := context.WithCancel(ctx)
	first, err := k.server.ListWithContext(ctx, metav1.ListOptions{Limit: pageSize})
	if err != nil {
		cancel()
		return nil, fmt.Errorf("list each %s: %w", k.name, err)
	}
	events := make(chan watch.Event)
	proxy := watch.NewProxyWatcher(events)
	go func() {
		defer cancel()
		select {
		case <-proxy.StopChan():
		case <-ctx.Done():
		}
	}()
	go func() {
		defer cancel()
		defer close(events)
		send := func(event watch.Event) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case events <- event:
				return nil
			}
		}
		if err := k.tell(ctx, first, send); err != nil && ctx.Err() == nil {
			_ = send(watch.Event{Type: watch.Error, Object: statusOf(err)}) // then nobody listens
		}
	}()
	return proxy, nil
}

// tell sends what is on a page and on those that follow it.
func (k *kind) tell(ctx context.Context, page runtime.Object, send func(watch.Event) error) error {
	for {
		if err := meta.EachListItem(page, func(o runtime.Object) error { return send(watch.Event{Type: watch.Added, Object: o}) }); err != nil {
			return fmt.Errorf("read a page of each %s: %w", k.name, err)
		}
		list, err := meta.ListAccessor(page)
		if err != nil {
			return fmt.Errorf("read a page of each %s: %w", k.name, err)
		}
		if list.GetContinue() == "" {
			all := &metav1.PartialObjectMetadata{}
			all.ResourceVersion = list.GetResourceVersion()
			all.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
			return send(watch.Event{Type: watch.Bookmark, Object: all})
		}
		if page, err = k.server.ListWithContext(ctx, metav1.ListOptions{Limit: pageSize, Continue: list.GetContinue()}); err != nil {
			return fmt.Errorf("list each %s: %w", k.name, err)
		}
	}
}

// statusOf is an error as the API server would have told it in a watch.
func statusOf(err error) *metav1.Status {
	var known apierrors.APIStatus
	if errors.As(err, &known) {
		status := known.Status()
		return &status
	}
	return &apierrors.NewInternalError(err).ErrStatus
}
