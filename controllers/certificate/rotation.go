package certificate

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/cert-controller/pkg/rotator"
)

const (
	caName = "domicile-ca"

	// A CA lives for a year. It is replaced while it still outlives every
	// certificate that it has issued.
	caValidity    = 365 * 24 * time.Hour
	caRenewBefore = 120 * 24 * time.Hour

	// A server certificate lives for 90 days and is replaced in its last 30.
	serverValidity    = 90 * 24 * time.Hour
	serverRenewBefore = 30 * 24 * time.Hour

	// backdate lets API servers whose clocks are behind accept what is new.
	backdate = 5 * time.Minute

	// settle is how long a new CA has to have been in the webhook configuration
	// before a certificate that it issued is served: API servers read the
	// configuration from caches of their own.
	settle = 10 * time.Minute
)

// rotation decides what becomes of the certificates. It reads no clock.
type rotation struct {
	issuer rotator.CertRotator
}

// newRotation makes certificates for a Service.
func newRotation(service, namespace string) *rotation {
	name := service + "." + namespace
	return &rotation{issuer: rotator.CertRotator{
		CAName:         caName,
		CAOrganization: "domicile",
		DNSName:        name + ".svc",
		ExtraDNSNames:  []string{name, name + ".svc.cluster.local"},
		ExtKeyUsages:   &[]x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}}
}

// next returns the material as it should be. A new CA joins the bundle first,
// while the certificate that the old one issued is still served; only when the
// bundle has been published for a while does the new CA issue one. So there is
// no moment at which an API server sees a certificate that it does not trust.
func (r *rotation) next(have material, now time.Time, published func(ca []byte) bool) (material, error) {
	want := have
	ca, err := r.readCA(want, now)
	if err != nil || now.After(ca.Cert.NotAfter.Add(-caRenewBefore)) {
		if ca, err = r.issuer.CreateCACert(now.Add(-backdate), now.Add(caValidity)); err != nil {
			return have, fmt.Errorf("create a CA: %w", err)
		}
		want.previousCA = have.caCert
		want.caCert, want.caKey = ca.CertPEM, ca.KeyPEM
	}
	if expired(want.previousCA, now) {
		want.previousCA = nil
	}
	if r.keeps(want, ca, now, published) {
		return want, nil
	}
	want.cert, want.key, err = r.issuer.CreateCertPEM(ca, now.Add(-backdate), now.Add(serverValidity))
	if err != nil {
		return have, fmt.Errorf("create a server certificate: %w", err)
	}
	return want, nil
}

// keeps says whether the server certificate should go on being served.
func (r *rotation) keeps(m material, ca *rotator.KeyPairArtifacts, now time.Time, published func([]byte) bool) bool {
	if r.serves(m.caCert, m, now) {
		return r.serves(m.caCert, m, now.Add(serverRenewBefore))
	}
	settled := published(m.caCert) && !now.Before(ca.Cert.NotBefore.Add(backdate+settle))
	return !settled && r.serves(m.previousCA, m, now)
}

// serves says whether a client that trusts the CA accepts the certificate.
func (r *rotation) serves(ca []byte, m material, at time.Time) bool {
	ok, err := rotator.ValidCert(ca, m.cert, m.key, r.issuer.DNSName, r.issuer.ExtKeyUsages, at)
	return err == nil && ok
}

// readCA reads the CA that issues; an error if it cannot, whatever the cause.
func (r *rotation) readCA(m material, now time.Time) (*rotator.KeyPairArtifacts, error) {
	if ok, err := rotator.ValidCert(m.caCert, m.caCert, m.caKey, caName, nil, now); err != nil || !ok {
		return nil, errors.Join(errors.New("the CA cannot issue"), err)
	}
	cert, err := parseCertificate(m.caCert)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(m.caKey)
	if block == nil {
		return nil, errors.New("the CA's key is not PEM")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the CA's key: %w", err)
	}
	return &rotator.KeyPairArtifacts{Cert: cert, Key: key, CertPEM: m.caCert, KeyPEM: m.caKey}, nil
}
