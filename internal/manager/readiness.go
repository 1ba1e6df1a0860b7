package manager

import (
	"errors"
	"net/http"
	"sync/atomic"

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
