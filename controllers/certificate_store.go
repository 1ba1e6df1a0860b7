package controllers

import (
	"crypto/tls"
	"errors"
	"sync/atomic"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

var errNoCertificate = errors.New("there is no certificate to serve with yet")

// CertificateStore has the certificate that the webhook serves with, and the
// CAs that the API server should trust. Both are swapped whole, while serving.
// The zero value is empty and ready for use.
type CertificateStore struct {
	serving atomic.Pointer[tls.Certificate]
	trusted atomic.Pointer[[]byte]
	changes snapshot.Broadcast
}

// GetCertificate is for tls.Config.
func (s *CertificateStore) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c := s.serving.Load(); c != nil {
		return c, nil
	}
	return nil, errNoCertificate
}

// Loaded says whether there is a certificate to serve with.
func (s *CertificateStore) Loaded() bool { return s.serving.Load() != nil }

// Bundle is the CAs to trust in PEM; empty until they are known.
func (s *CertificateStore) Bundle() []byte {
	if b := s.trusted.Load(); b != nil {
		return *b
	}
	return nil
}

// trust publishes the CAs.
func (s *CertificateStore) trust(bundle []byte) {
	s.trusted.Store(&bundle)
	s.changes.Wake()
}
