// Package callerstest has what tests call the webhook with: certificates, and requests
// that show them.
package callerstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// CA signs the certificates of callers.
type CA struct {
	// PEM is its certificate.
	PEM string

	t           *testing.T
	certificate *x509.Certificate
	key         crypto.Signer
}

// Pair is a certificate and its key, both PEM.
type Pair struct{ Cert, Key string }

// NewCA makes a CA.
func NewCA(t *testing.T) *CA {
	t.Helper()
	ca := &CA{t: t}
	template := certificate("callers")
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, key := ca.sign(template)
	ca.key, ca.PEM = key, encode("CERTIFICATE", der)
	var err error
	if ca.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return ca
}

// Issue signs a client certificate, after it was changed.
func (ca *CA) Issue(commonName string, changes ...func(*x509.Certificate)) Pair {
	ca.t.Helper()
	template := certificate(commonName)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	for _, change := range changes {
		change(template)
	}
	der, key := ca.sign(template)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		ca.t.Fatal(err)
	}
	return Pair{encode("CERTIFICATE", der), encode("PRIVATE KEY", private)}
}

func certificate(commonName string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: commonName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
}

func (ca *CA) sign(template *x509.Certificate) ([]byte, crypto.Signer) {
	ca.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		ca.t.Fatal(err)
	}
	parent, signer := ca.certificate, ca.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		ca.t.Fatal(err)
	}
	return der, key
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// Certificate is what a client shows.
func (p Pair) Certificate(t *testing.T) *tls.Certificate {
	t.Helper()
	c, err := tls.X509KeyPair([]byte(p.Cert), []byte(p.Key))
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// Files writes NAME.crt and NAME.key.
func (p Pair) Files(t *testing.T, dir, name string) {
	t.Helper()
	Write(t, filepath.Join(dir, name+".crt"), p.Cert)
	Write(t, filepath.Join(dir, name+".key"), p.Key)
}

// Write writes a file at once, as a kubelet does, and returns its path.
func Write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Do sends a request without a body, over a connection of its own, and returns what it is
// answered with.
func Do(t *testing.T, method, url string, certificate *tls.Certificate, token string) (status int, body string) {
	t.Helper()
	config := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // who calls matters, not who answers
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	c := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: config}}
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
