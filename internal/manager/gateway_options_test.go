package manager

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFlagsOfTheGateway(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		reason string
		args   []string
		want   string // what the error says; "" for none
	}{
		{"no value is read", nil, ""},
		{"some are", []string{"--key-namespaces=a,b", "--read-values-in=b", "--read-values-of=key,old.key"}, ""},
		{"a right to all Secrets", []string{"--read-values-in=b", "--read-values-of=key"}, `"b": it is not one of --key-namespaces`},
		{"elsewhere", []string{"--key-namespaces=a", "--read-values-in=b", "--read-values-of=key"}, `"b": it is not one of --key-namespaces`},
		{"which data?", []string{"--key-namespaces=a", "--read-values-in=a"}, "go together"},
		{"where?", []string{"--read-values-of=key"}, "go together"},
		{"no name of data", []string{"--key-namespaces=a", "--read-values-in=a", "--read-values-of=key,"}, `"": `},
		{"no namespace", []string{"--key-namespaces=A"}, `"A": `},
		{"a header is believed from nobody", []string{"--client-ca-file=ca"}, "--client-ca-file needs --tls-cert-file"},
		{"a certificate without its key", []string{"--tls-cert-file=a"}, "go together"},
		{"an address without a port", []string{"--grpc-bind-address=a"}, "must be host:port"},
	} {
		_, err := parseGatewayFlags(append([]string{"--namespace=domicile-system"}, row.args...), io.Discard)
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.reason, err, row.want)
		}
	}
}

// TestTheSecretOfDigests holds that values are digested under a secret in any case.
func TestTheSecretOfDigests(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("sixteen bytes or"), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := func(o gatewayOptions) []byte {
		t.Helper()
		key, err := o.digestKey()
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	reads := []string{"keys"}
	if got := secret(gatewayOptions{}); got != nil {
		t.Errorf("a secret of %d bytes that nobody has given", len(got))
	}
	if got := secret(gatewayOptions{digestKeyFile: file, valueNamespaces: reads}); string(got) != "sixteen bytes or" {
		t.Errorf("%q is not what the file has", got)
	}
	one, other := secret(gatewayOptions{valueNamespaces: reads}), secret(gatewayOptions{valueNamespaces: reads})
	if len(one) < 32 || bytes.Equal(one, other) {
		t.Errorf("%d bytes, twice the same: %t", len(one), bytes.Equal(one, other))
	}
}
