package certificate

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The keys of the certificate Secret. The first three are what cert-manager
// writes, too.
const (
	secretCert       = corev1.TLSCertKey
	secretKey        = corev1.TLSPrivateKeyKey
	secretCA         = "ca.crt"
	secretCAKey      = "ca.key"
	secretPreviousCA = "previous-ca.crt"
)

// material is what the certificate Secret holds, in PEM.
type material struct {
	caCert, caKey []byte // issues what comes next
	previousCA    []byte // issued what was before; trusted until it expires
	cert, key     []byte // is served
}

func readMaterial(s *corev1.Secret) material {
	return material{
		caCert: s.Data[secretCA], caKey: s.Data[secretCAKey], previousCA: s.Data[secretPreviousCA],
		cert: s.Data[secretCert], key: s.Data[secretKey],
	}
}

func (m material) writeTo(s *corev1.Secret) {
	if s.Data == nil {
		s.Data = map[string][]byte{}
	}
	s.Data[secretCA], s.Data[secretCAKey] = m.caCert, m.caKey
	s.Data[secretCert], s.Data[secretKey] = m.cert, m.key
	delete(s.Data, secretPreviousCA)
	if len(m.previousCA) > 0 {
		s.Data[secretPreviousCA] = m.previousCA
	}
}

// bundle is every CA that API servers should trust, the issuing one first.
func (m material) bundle(now time.Time) []byte {
	cas := [][]byte{bytes.TrimSpace(m.caCert)}
	if previous := bytes.TrimSpace(m.previousCA); len(previous) > 0 && !expired(previous, now) && !bytes.Equal(previous, cas[0]) {
		cas = append(cas, previous)
	}
	return append(bytes.Join(cas, []byte("\n")), '\n')
}

func (m material) equal(o material) bool {
	return bytes.Equal(m.caCert, o.caCert) && bytes.Equal(m.caKey, o.caKey) && bytes.Equal(m.previousCA, o.previousCA) &&
		bytes.Equal(m.cert, o.cert) && bytes.Equal(m.key, o.key)
}

func parseCertificate(encoded []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(encoded)
	if block == nil {
		return nil, errors.New("the certificate is not PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

// expired is also true for what cannot be read: nobody can trust it.
func expired(encoded []byte, now time.Time) bool {
	c, err := parseCertificate(encoded)
	return err != nil || now.After(c.NotAfter)
}
