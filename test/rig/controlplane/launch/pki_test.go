package launch

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestServerCertificateIsGoodForItsNames(t *testing.T) {
	dir := t.TempDir()
	ca, err := newAuthority(dir, "ca")
	if err != nil {
		t.Fatal(err)
	}
	if err := ca.server("apiserver", []net.IP{net.IPv4(127, 0, 0, 1)}, []string{"kubernetes.default.svc"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "apiserver.crt"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca.pem)
	for name, good := range map[string]bool{"127.0.0.1": true, "kubernetes.default.svc": true, "127.0.0.2": false} {
		_, err := cert.Verify(x509.VerifyOptions{DNSName: name, Roots: roots})
		if (err == nil) != good {
			t.Errorf("%s: good should be %t: %v", name, good, err)
		}
	}
}

func TestFreePortsDiffer(t *testing.T) {
	ports, err := freePorts(50)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range ports {
		if seen[p] {
			t.Errorf("port %d twice", p)
		}
		seen[p] = true
	}
}
