package callers

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"k8s.io/apiserver/pkg/authentication/request/x509"
	"k8s.io/apiserver/pkg/server/dynamiccertificates"
)

// authorities are the CAs of the certificates that callers show.
type authorities struct {
	file  *dynamiccertificates.DynamicFileCAContent
	auth  *x509.Authenticator
	names []string
}

func newAuthorities(file string, names []string) (*authorities, error) {
	content, err := dynamiccertificates.NewDynamicCAContentFromFile("callers", file)
	if err != nil {
		return nil, fmt.Errorf("read the CAs of callers: %w", err)
	}
	return &authorities{content, x509.NewDynamic(content.VerifyOptions, x509.CommonNameUserConversion), names}, nil
}

// run follows the file. What cannot be read leaves the CAs as they were.
func (a *authorities) run(ctx context.Context) { a.file.Run(ctx, 1) }

// caller verifies the certificate with every request: the CAs may have changed since the
// connection was made.
func (a *authorities) caller(r *http.Request, _ string) (caller, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return noCredentials, nil
	}
	response, ok, err := a.auth.AuthenticateRequest(r)
	switch {
	case err != nil:
		return badCredentials, fmt.Errorf("certificate: %w", err)
	case !ok:
		return badCredentials, fmt.Errorf("certificate: it has no common name")
	case len(a.names) > 0 && !slices.Contains(a.names, response.User.GetName()):
		return notNamed, fmt.Errorf("certificate: %q may not call", response.User.GetName())
	}
	return authenticated, nil
}
