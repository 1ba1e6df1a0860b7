package integration

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/registry/remote"
)

// sources are what the managers of the shared cluster load registers from: a
// folder, and servers whose certificate they trust.
type sources struct {
	folder, certificate, key string
	pair                     tls.Certificate
}

// newSources makes a folder for registers and a certificate for this machine.
func newSources() (*sources, error) {
	dir, err := os.MkdirTemp("", "domicile-sources-")
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sources of registers"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	s := &sources{folder: filepath.Join(dir, "registers"), certificate: filepath.Join(dir, "tls.crt"), key: filepath.Join(dir, "tls.key")}
	certificateText := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	s.pair, err = tls.X509KeyPair(certificateText, keyText)
	return s, errors.Join(err, os.Mkdir(s.folder, 0o700),
		os.WriteFile(s.certificate, certificateText, 0o600), os.WriteFile(s.key, keyText, 0o600))
}

// values make the chart's managers use the sources.
func (s *sources) values() []string {
	return []string{"extraArgs[0]=--register-dir=" + s.folder, "extraArgs[1]=--register-ca-file=" + s.certificate}
}

func (s *sources) close() error { return os.RemoveAll(filepath.Dir(s.folder)) }

// site is an HTTPS server with one register, whose editions have ETags.
type site struct {
	*httptest.Server
	mu       sync.Mutex
	text     string
	answer   int    // 0 is the text
	redirect string // "" is none

}

func (s *sources) site(t *testing.T, text string) *site {
	t.Helper()
	w := &site{text: text}
	w.Server = httptest.NewUnstartedServer(w)
	w.TLS = &tls.Config{Certificates: []tls.Certificate{s.pair}, MinVersion: tls.VersionTLS12}
	w.StartTLS()
	t.Cleanup(w.Close)
	return w
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.redirect != "":
		http.Redirect(w, r, s.redirect, http.StatusFound)
		return
	case s.answer != 0:
		w.WriteHeader(s.answer)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, len(s.text)))

	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(s.text))
}

func (s *site) set(change func(*site)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// registry starts a real OCI registry, and returns its address.
func (s *sources) registry(t *testing.T) string {
	t.Helper()
	program := filepath.Join("..", "..", "bin", "registry")
	if _, err := os.Stat(program); err != nil {
		t.Fatal(`bin/registry is not there: run "make bin/registry" first`)
	}
	cmd := exec.CommandContext(t.Context(), program, "-certificate", s.certificate, "-key", s.key)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // it is killed as the test's context ends
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the registry does not listen: %v\n%s", err, errs.String())
	}
	return strings.TrimSpace(address)
}

// push puts a register into a registry, and returns the artifact's digest.
func (s *sources) push(t *testing.T, reference, title, text string) string {
	t.Helper()
	ctx, from := t.Context(), memory.New()
	layer, err := oras.PushBytes(ctx, from, "application/x-ndjson", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	layer.Annotations = map[string]string{ocispec.AnnotationTitle: title}
	manifest, err := oras.PackManifest(ctx, from, oras.PackManifestVersion1_1, "application/vnd.example.register",
		oras.PackManifestOptions{Layers: []ocispec.Descriptor{layer}})
	if err != nil {
		t.Fatal(err)
	}
	to, err := remote.NewRepository(reference)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(s.pair.Leaf)
	to.Client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	if err := from.Tag(ctx, manifest, manifest.Digest.String()); err != nil {
		t.Fatal(err)
	}
	if _, err := oras.Copy(ctx, from, manifest.Digest.String(), to, to.Reference.Reference, oras.DefaultCopyOptions); err != nil {
		t.Fatal(err)
	}
	return manifest.Digest.String()
}
