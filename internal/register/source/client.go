package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"
)

const (
	maxRedirects   = 5
	dialTimeout    = 15 * time.Second
	headerTimeout  = time.Minute
	defaultStalled = time.Minute
)

// newClient makes the client that all sources share. It asks again, with longer
// and longer pauses, when a server is busy or does not answer in time.
func newClient(o Options) (*http.Client, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("read the system's certificates: %w", err)
	}
	if o.CAFile != "" {
		certificates, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read certificates: %w", err)
		}
		if !pool.AppendCertsFromPEM(certificates) {
			return nil, fmt.Errorf("%s has no certificate in PEM", o.CAFile)
		}
	}
	stalled := o.Stalled
	if stalled <= 0 {
		stalled = defaultStalled
	}
	dialer := &net.Dialer{Timeout: dialTimeout, Control: allowed}
	g := &guard{userAgent: o.UserAgent, stalled: stalled, next: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool},
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: headerTimeout,
		IdleConnTimeout:       time.Minute,
		ForceAttemptHTTP2:     true,
		// Sizes and checksums are those of what is sent.
		DisableCompression: true,
	}}
	return &http.Client{
		Transport: retry.NewTransport(g),
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("more than %d redirects", maxRedirects)
			}
			return nil
		},
	}, nil
}

// guard refuses what no register is fetched from. Every request passes it: the
// first one, redirects, and those to the token service of an OCI registry.
type guard struct {
	userAgent string
	stalled   time.Duration
	next      http.RoundTripper
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	switch u := req.URL; {
	case u.Scheme != "https":
		return nil, fmt.Errorf("registers are fetched over https only: %s is not asked over %s", u.Host, u.Scheme)
	case u.User != nil:
		return nil, fmt.Errorf("the address of %s has a user name", u.Host)
	case ForbiddenHost(u.Hostname()):
		return nil, &forbiddenError{u.Hostname()}
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	req = req.Clone(ctx)
	req.Header.Set("User-Agent", g.userAgent)
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	resp.Body = &watched{ReadCloser: resp.Body, cancel: cancel, stalled: g.stalled, ctx: ctx}
	return resp, nil
}

var errStalled = errors.New("the server fell silent in the middle of its answer")

// watched ends a body on which nothing arrives.
type watched struct {
	io.ReadCloser
	ctx     context.Context
	cancel  context.CancelCauseFunc
	stalled time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	timer := time.AfterFunc(w.stalled, func() { w.cancel(errStalled) })
	defer timer.Stop()
	n, err := w.ReadCloser.Read(p)
	if errors.Is(context.Cause(w.ctx), errStalled) {
		// A server that ends its answer now does so because it was hung up on.
		err = errStalled
	}
	return n, err
}

func (w *watched) Close() error {
	defer w.cancel(nil)
	return w.ReadCloser.Close()
}

// shown is a URL without its query, which may be a secret.
func shown(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }

// withoutQuery takes the query of URLs out of what an HTTP client says.
func withoutQuery(err error) error {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return err
	}
	if u, parseErr := url.Parse(failed.URL); parseErr == nil {
		return fmt.Errorf("ask %s: %w", shown(u), failed.Err)
	}
	return failed.Err
}
