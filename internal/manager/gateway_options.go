package manager

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// gatewayCommand is the first argument with which the program is the gateway.
const gatewayCommand = "gateway"

// gatewayOptions are what the flags of the gateway say.
type gatewayOptions struct {
	options
	grpcAddress, httpAddress string
	// certFile and keyFile are what it serves with, clientCAFile whom proxies are
	// believed from; empty for none.
	certFile, keyFile, clientCAFile string
	digestKeyFile                   string
	keyNamespaces                   []string
	// valueNamespaces are those of them in which values are read, of the data that
	// valueNames names.
	valueNamespaces, valueNames []string
}

// parseGatewayFlags reads the flags of the gateway and checks them.
func parseGatewayFlags(args []string, out io.Writer) (gatewayOptions, error) {
	var o gatewayOptions
	f := flag.NewFlagSet("manager "+gatewayCommand, flag.ContinueOnError)
	f.SetOutput(out)
	o.sharedFlags(f)
	f.StringVar(&o.grpcAddress, "grpc-bind-address", ":9001", "`host:port` to answer Envoy's ext_authz on")
	f.StringVar(&o.httpAddress, "http-bind-address", ":9002", "`host:port` to answer forward authentication over HTTP on, and the middleware for Go")
	f.StringVar(&o.certFile, "tls-cert-file", "", "`file` with the certificate to serve both with; empty for no TLS")
	f.StringVar(&o.keyFile, "tls-key-file", "", "`file` with its key")
	f.StringVar(&o.clientCAFile, "client-ca-file", "", "`file` with the CAs of the certificates that proxies show; without it no AccessPoint's header is believed")
	f.StringVar(&o.digestKeyFile, "digest-key-file", "", "`file` with the secret that keyed digests of API keys are made with; empty for none")
	f.Func("key-namespaces", "`namespaces` that API keys are in, separated by commas; without it, all", listOf(&o.keyNamespaces, validation.IsDNS1123Label))
	f.Func("read-values-in", "those of --key-namespaces, separated by commas, in which the values of keys are read, and digests of them kept; without it, no value is read",
		listOf(&o.valueNamespaces, validation.IsDNS1123Label))
	f.Func("read-values-of", "the `names` of data that have keys there, separated by commas", listOf(&o.valueNames, validation.IsConfigMapKey))
	err := o.parse(f, args, o.check)
	return o, err
}

func (o *gatewayOptions) check() error {
	errs := o.checkShared()
	if problems := validation.IsDNS1123Label(o.namespace); len(problems) > 0 {
		errs = append(errs, fmt.Errorf("--namespace %q: %s", o.namespace, problems[0]))
	}
	for name, address := range map[string]string{"grpc-bind-address": o.grpcAddress, "http-bind-address": o.httpAddress} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			errs = append(errs, fmt.Errorf("--%s %q: must be host:port", name, address))
		}
	}
	if (o.certFile == "") != (o.keyFile == "") {
		errs = append(errs, errors.New("--tls-cert-file and --tls-key-file go together"))
	}
	if o.clientCAFile != "" && o.certFile == "" {
		errs = append(errs, errors.New("--client-ca-file needs --tls-cert-file: proxies show certificates only over TLS"))
	}
	if (len(o.valueNamespaces) == 0) != (len(o.valueNames) == 0) {
		errs = append(errs, errors.New("--read-values-in and --read-values-of go together"))
	}
	for _, name := range o.valueNamespaces {
		if !slices.Contains(o.keyNamespaces, name) {
			errs = append(errs, fmt.Errorf("--read-values-in %q: it is not one of --key-namespaces; whoever reads values has no right to all Secrets", name))
		}
	}
	return errors.Join(errs...)
}

// listOf reads a flag whose elements are separated by commas.
func listOf(into *[]string, problemsOf func(string) []string) func(string) error {
	return func(list string) error {
		for name := range strings.SplitSeq(list, ",") {
			if problems := problemsOf(name); len(problems) > 0 {
				return fmt.Errorf("%q: %s", name, problems[0])
			}
			*into = append(*into, name)
		}
		return nil
	}
}

// digestKey is the secret of keyed digests; nil if there is none. For values that are read
// here, one that nobody else knows will do.
func (o *gatewayOptions) digestKey() ([]byte, error) {
	const least = 16
	if o.digestKeyFile == "" {
		if len(o.valueNamespaces) == 0 {
			return nil, nil
		}
		key := make([]byte, 2*least)
		_, _ = rand.Read(key) // it never fails
		return key, nil
	}
	key, err := os.ReadFile(o.digestKeyFile)
	if err != nil {
		return nil, fmt.Errorf("read the secret of keyed digests: %w", err)
	}
	if len(key) < least {
		return nil, fmt.Errorf("--digest-key-file: the secret has %d bytes, %d at least", len(key), least)
	}
	return key, nil
}
