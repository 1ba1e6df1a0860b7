package certificate

import (
	"crypto/tls"
	"errors"
	"sync/atomic"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

var errNoCertificate = errors.New("there is no certificate to serve with yet")

// Store has the certificate that the webhook serves with, and the
// CAs that the API server should trust. Both are swapped whole, while serving.
// The zero value is empty and ready for use.
type Store struct {
	serving atomic.Pointer[tls.Certificate]
	trusted atomic.Pointer[[]byte]
	changes snapshot.Broadcast
}

// GetCertificate is for tls.Config.
func (s *Store) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c := s.serving.Load(); c != nil {
		return c, nil
	}
	return nil, errNoCertificate
}

// Bundle is the CAs to trust in PEM; empty until they are known.
func (s *Store) Bundle() []byte {
	if b := s.trusted.Load(); b != nil {
		return *b
	}
	return nil
}

// Changed returns a channel that is closed when Bundle is another one. Take it before
// reading Bundle, so that no change is missed in between.
func (s *Store) Changed() <-chan struct{} { return s.changes.Changed() }

// trust publishes the CAs.
func (s *Store) trust(bundle []byte) {
	s.trusted.Store(&bundle)
	s.changes.Wake()
}
