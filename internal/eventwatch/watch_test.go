package eventwatch

import (
	"context"
	"errors"
	"fmt"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

func TestAWatchEndsWithWhatWentWrong(t *testing.T) {
	added := watch.Event{Type: watch.Added, Object: &metav1.PartialObjectMetadata{}}
	for _, tc := range []struct {
		reason string
		err    error
		code   int32 // of the last event; 0 is none
	}{
		{"all has been told", nil, 0},
		{"the API server's own words", fmt.Errorf("list: %w", apierrors.NewResourceExpired("too old")), 410},
		{"anything else", errors.New("no JSON"), 500},
	} {
		w := New(t.Context(), func(ctx context.Context, send Send) error {
			return errors.Join(send(ctx, added), tc.err)
		})
		if event := <-w.ResultChan(); event.Type != watch.Added {
			t.Errorf("%s: the first event is %v", tc.reason, event)
		}
		var code int32
		for event := range w.ResultChan() {
			if status, ok := event.Object.(*metav1.Status); ok && event.Type == watch.Error {
				code = status.Code
			}
		}
		if code != tc.code {
			t.Errorf("%s: it ends with %d, want %d", tc.reason, code, tc.code)
		}
	}
}

// TestAWatchThatNobodyWantsEnds stops it, and ends its context, while it waits and while it
// sends.
func TestAWatchThatNobodyWantsEnds(t *testing.T) {
	for reason, sends := range map[string]bool{"it waits": false, "it sends": true} {
		for _, stops := range []bool{true, false} {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			w := New(ctx, func(ctx context.Context, send Send) error {
				err := context.Canceled
				if sends {
					err = send(ctx, watch.Event{Type: watch.Added, Object: &metav1.PartialObjectMetadata{}})
				} else {
					<-ctx.Done()
				}
				ended <- err
				return err
			})
			if stops {
				w.Stop()
			} else {
				cancel()
			}
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("%s, stopped: %t: %v", reason, stops, err)
			}
			for event := range w.ResultChan() {
				t.Errorf("%s, stopped: %t: it tells %v", reason, stops, event)
			}
			cancel()
		}
	}
}
