// Package eventwatch makes watches of events that a function sends.
package eventwatch

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// Send hands an event to whoever watches. It returns an error if its context ends first,
// which is that of tell or one below it.
type Send func(ctx context.Context, event watch.Event) error

// New is a watch of what tell sends, until tell returns, the context ends, or whoever
// watches stops it: then tell's context ends. An error that tell returns by itself is told
// as the last event, as the API server would.
func New(ctx context.Context, tell func(ctx context.Context, send Send) error) watch.Interface {
	ctx, cancel := context.WithCancel(ctx)
	events := make(chan watch.Event)
	proxy := watch.NewProxyWatcher(events)
	go func() {
		defer cancel()
		select {
		case <-proxy.StopChan():
		case <-ctx.Done():
		}
	}()
	send := func(ctx context.Context, event watch.Event) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case events <- event:
			return nil
		}
	}
	go func() {
		defer cancel()
		defer close(events)
		if err := tell(ctx, send); err != nil && ctx.Err() == nil {
			_ = send(ctx, watch.Event{Type: watch.Error, Object: statusOf(err)}) // it fails only if nobody watches any more
		}
	}()
	return proxy
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
