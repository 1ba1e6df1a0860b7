package audit

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/domicile-dev/domicile/internal/translate"
)

const (
	// watchAgain is how long to wait after a watch has ended with an error.
	watchAgain = 10 * time.Second
	// mostClaims bounds of how many Secrets it is remembered whose they are. Of those
	// beyond, every change is a reason to look.
	mostClaims = 10_000
)

// secretWatch follows the metadata of Secrets. A workload may name a Secret that does
// not exist yet; whose it is turns out when it comes, and then the namespace is gone
// over. Nothing is kept but the claims of those that have any.
type secretWatch struct {
	auditor *Auditor
	version string // "" until it is known from where to go on
	claims  map[types.UID]string
}

// begin notes from where to watch. It comes before the first sweep, so that nothing
// falls between the two.
func (s *secretWatch) begin(ctx context.Context) error {
	list, err := s.auditor.options.Metadata.Resource(translate.SecretResource).List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return fmt.Errorf("list the metadata of Secrets: %w", err)
	}
	s.version, s.claims = list.ResourceVersion, map[types.UID]string{}
	return nil
}

// run watches until the context ends.
func (s *secretWatch) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.follow(ctx); err != nil && ctx.Err() == nil {
			s.auditor.options.Log.Error(err, "Could not watch Secrets: what waits for one is found by the next sweep")
			timer := s.auditor.options.Clock.NewTimer(watchAgain)
			select {
			case <-ctx.Done():
			case <-timer.C():
			}
			timer.Stop()
		}
	}
}

// follow watches until the API server ends the watch.
func (s *secretWatch) follow(ctx context.Context) error {
	if s.version == "" {
		if err := s.begin(ctx); err != nil {
			return err
		}
		s.auditor.changed.all() // what was missed is not known
	}
	w, err := s.auditor.options.Metadata.Resource(translate.SecretResource).Watch(ctx, metav1.ListOptions{
		ResourceVersion: s.version, AllowWatchBookmarks: true,
	})
	if err != nil {
		return s.ended(err)
	}
	defer w.Stop()
	for event := range w.ResultChan() {
		if event.Type == watch.Error {
			return s.ended(apierrors.FromObject(event.Object))
		}
		if m, err := meta.Accessor(event.Object); err == nil {
			s.version = m.GetResourceVersion()
		}
		if m, ok := event.Object.(*metav1.PartialObjectMetadata); ok {
			s.take(event.Type, m)
		}
	}
	return nil
}

// ended tells why a watch ended, after which it may have to begin anew.
func (s *secretWatch) ended(err error) error {
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		s.version = ""
	}
	return fmt.Errorf("watch the metadata of Secrets: %w", err)
}

// take makes a namespace due in which a Secret has come to be somebody's.
func (s *secretWatch) take(event watch.EventType, m *metav1.PartialObjectMetadata) {
	claims := binding(m)
	if event == watch.Bookmark || event == watch.Deleted || len(claims) == 0 {
		delete(s.claims, m.UID)
		return
	}
	now := fmt.Sprint(claims)
	if s.claims[m.UID] == now {
		return
	}
	if _, known := s.claims[m.UID]; known || len(s.claims) < mostClaims {
		s.claims[m.UID] = now
	}
	s.auditor.changed.add(m.Namespace)
}
