package manager

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/healthz"
	webhookserver "sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/domicile-dev/domicile/controllers/certificate"
)

// dialled is a server that counts how often it is dialled, and does not listen.
type dialled struct {
	webhookserver.Server
	times  int
	answer error
}

func (d *dialled) StartedChecker() healthz.Checker {
	return func(*http.Request) error { d.times++; return d.answer }
}

func (*dialled) Start(context.Context) error { return errors.New("the address is taken") }

func TestTheServerIsDialledOnceForEachCertificate(t *testing.T) {
	first, second := &tls.Certificate{}, &tls.Certificate{}
	refused, none := errors.New("connection refused"), errors.New("no certificate")
	server, served := &dialled{}, (*tls.Certificate)(nil)
	l := newListening(server, func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		if served == nil {
			return nil, none
		}
		return served, nil
	})
	for _, step := range []struct {
		reason      string
		certificate *tls.Certificate
		answer      error
		want        error
		dialled     int
	}{
		{"without a certificate there is nothing to dial for", nil, nil, none, 0},
		{"it does not listen yet", first, refused, refused, 1},
		{"a failure is not remembered", first, refused, refused, 2},
		{"it listens", first, nil, nil, 3},
		{"it still does", first, refused, nil, 3},
		{"another certificate may not work", second, refused, refused, 4},
		{"it does", second, nil, nil, 5},
		{"a certificate that is gone serves nobody", nil, nil, none, 5},
		{"and is back", second, nil, nil, 5},
	} {
		served, server.answer = step.certificate, step.answer
		if err := l.check(nil); !errors.Is(err, step.want) || server.times != step.dialled {
			t.Errorf("%s: got %v after dialling %d times, want %v after %d", step.reason, err, server.times, step.want, step.dialled)
		}
	}
	if err := l.Start(t.Context()); err == nil {
		t.Error("the server's error is lost")
	}
	if l.check(nil) == nil {
		t.Error("it is ready, and its server has ended")
	}
}

// TestNobodyIsServedByHTTP2: API servers do not ask for it, and whoever does can have a
// server begin streams and end them faster than it can forget them.
func TestNobodyIsServedByHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{NextProtos: []string{"h2"}}
	serveFrom(&certificate.Store{})(server.TLS)
	server.TLS.GetCertificate = nil // the test server has its own
	server.StartTLS()
	defer server.Close()
	client := server.Client()
	client.Transport = &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it is our own
	response, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.ProtoMajor != 1 {
		t.Errorf("served by %s", response.Proto)
	}
}
