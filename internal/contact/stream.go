package contact

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/internal/eventwatch"
)

// stream is one watch of an informer, made of rounds.
type stream struct {
	kind     *kind
	tell     eventwatch.Send
	revision string // of the last event
	// first is a watch that begins with everything there is, if the informer asked
	// for that. Its answer is as good as a read if it is consistent.
	first      watch.Interface
	asked      time.Time
	consistent bool
}

// next says how to go on after a watch.
type next int

const (
	again next = iota
	end        // the informer has been told to list again, or has stopped
)

func (s *stream) run(ctx context.Context) {
	if s.first != nil && s.begin(ctx) == end {
		return
	}
	for s.round(ctx) == again {
		continue
	}
}

// begin hands on what there is, until all of it has been told.
func (s *stream) begin(ctx context.Context) next {
	defer s.first.Stop()
	for {
		select {
		case <-ctx.Done():
			return end
		case event, ok := <-s.first.ResultChan():
			if !ok || !s.send(ctx, event) || event.Type == watch.Error {
				return end
			}
			if event.Type != watch.Bookmark || !initialEventsEnd(event) {
				continue
			}
			if s.consistent {
				s.kind.proofs.add(claim{s.asked, s.revision})
			}
			return again
		}
	}
}

func initialEventsEnd(event watch.Event) bool {
	m, err := meta.Accessor(event.Object)
	return err == nil && m.GetAnnotations()[metav1.InitialEventsAnnotationKey] == "true"
}

// round watches from the last event for a few seconds, and reads meanwhile where the
// API server stands.
func (s *stream) round(ctx context.Context) next {
	soonest := s.kind.clock.NewTimer(pause)
	defer soonest.Stop()
	switch err := s.follow(ctx); {
	case ctx.Err() != nil:
		return end
	case errors.Is(err, errOtherPast) || expired(err):
		s.kind.log.Info("Lists everything again", "reason", err.Error())
		gone := apierrors.NewResourceExpired(err.Error())
		s.send(ctx, watch.Event{Type: watch.Error, Object: &gone.ErrStatus})
		return end
	case err != nil:
		s.kind.proofs.fail(err)
	}
	select {
	case <-ctx.Done():
		return end
	case <-soonest.C():
		return again
	}
}

// follow hands on what one watch tells, until the API server ends it, and makes a claim.
// It gives up a watch that hangs.
func (s *stream) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := s.kind.clock.NewTimer(silence)
	defer late.Stop()
	go func() {
		select {
		case <-ctx.Done():
		case <-late.C():
			cancel(errSilent)
		}
	}()
	otherPast := make(chan error, 1)
	go s.kind.claim(ctx, s.revision, otherPast)

	w, err := s.kind.server.WatchWithContext(ctx, metav1.ListOptions{
		ResourceVersion: s.revision, AllowWatchBookmarks: true, TimeoutSeconds: ptr.To(int64(round / time.Second)),
	})
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	defer w.Stop()
	late.Reset(silence)
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case err := <-otherPast:
			return err
		case event, ok := <-w.ResultChan():
			switch {
			case !ok:
				return nil
			case event.Type == watch.Error:
				return apierrors.FromObject(event.Object)
			case !s.send(ctx, event):
				return context.Cause(ctx)
			}
		}
	}
}

// send hands an event to the informer; false if the informer has stopped.
func (s *stream) send(ctx context.Context, event watch.Event) bool {
	if err := s.tell(ctx, event); err != nil {
		return false
	}
	if m, err := meta.Accessor(event.Object); err == nil && event.Type != watch.Error {
		s.revision = m.GetResourceVersion()
	}
	return true
}
