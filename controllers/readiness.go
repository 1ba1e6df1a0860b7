package controllers

import (
	"errors"
	"net/http"
	"sync/atomic"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

// Readiness says whether this replica can answer admission requests.
type Readiness struct {
	snapshots    *snapshot.Holder
	certificates *CertificateStore
	draining     atomic.Bool
}

// NewReadiness makes a Readiness that needs a snapshot and a certificate.
func NewReadiness(s *snapshot.Holder, c *CertificateStore) *Readiness {
	return &Readiness{snapshots: s, certificates: c}
}

// Drain turns every later Check into an error, so that no new connections
// arrive while those that exist are served to their end.
func (r *Readiness) Drain() { r.draining.Store(true) }

// Check is an error until the first snapshot has been built and a certificate
// is there to serve with, and again after Drain.
func (r *Readiness) Check(*http.Request) error {
	switch {
	case r.draining.Load():
		return errors.New("shutting down")
	case r.snapshots.Load() == nil:
		return errors.New("the first snapshot has not been built yet")
	case !r.certificates.Loaded():
		return errors.New("there is no certificate to serve with yet")
	default:
		return nil
	}
}
