package manager

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/healthz"

	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// readiness says whether this replica can answer admission requests.
type readiness struct {
	snapshots *snapshot.Holder
	contact   *contact.Contact
	server    *listening
	draining  atomic.Bool
}

// drain turns every later check into an error, so that no new connections arrive
// while those that exist are served to their end.
func (r *readiness) drain() { r.draining.Store(true) }

// check is an error until the first snapshot has been built and the server answers,
// for which it needs a certificate, while contact with the API server is lost, and
// after drain.
func (r *readiness) check(req *http.Request) error {
	switch {
	case r.draining.Load():
		return errors.New("shutting down")
	case r.snapshots.Load() == nil:
		return errors.New("the first snapshot has not been built yet")
	}
	if err := r.contact.Check(); err != nil {
		return err
	}
	return r.server.check(req)
}

// tellAgain is how long another reason waits to be told.
const tellAgain = 10 * time.Second

// told tells the log when this replica becomes ready, and when and why it is not: a
// kubelet tells only that a probe has failed.
type told struct {
	check healthz.Checker
	clock clock.PassiveClock
	log   logr.Logger

	mu     sync.Mutex
	ready  bool
	reason string
	at     time.Time
}

func (t *told) Check(r *http.Request) error {
	err := t.check(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	switch {
	case err == nil && !t.ready:
		t.log.Info("Ready")
		t.ready, t.reason = true, ""
	case err == nil:
	case t.ready, t.reason == "", t.reason != err.Error() && now.Sub(t.at) >= tellAgain:
		t.log.Info("Not ready", "reason", err.Error())
		t.ready, t.reason, t.at = false, err.Error(), now
	}
	return err
}
